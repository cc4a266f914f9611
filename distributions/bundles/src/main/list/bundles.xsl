<?xml version="1.0" encoding="UTF-8"?>
<!--
  From the feature files of Halftone and of Karaf, the bundles that a bare framework needs: those of the feature halftone and of all that it
  asks for, without the commands and Karaf's shell; logging and Config Admin, which Karaf itself brings. A line each: start level, path in
  a repository. A bundle that is in several features comes several times. Each file may have a namespace of its own version.
-->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="text" encoding="UTF-8"/>
  <xsl:param name="karaf"/>
  <xsl:param name="version"/>
  <xsl:variable name="ours" select="/"/>
  <xsl:variable name="standard" select="document(concat('file://', $karaf, '/standard/', $version, '/standard-', $version, '-features.xml'))"/>
  <xsl:variable name="framework" select="document(concat('file://', $karaf, '/framework/', $version, '/framework-', $version, '-features.xml'))"/>

  <xsl:template match="/">
    <xsl:apply-templates select="$framework//*[local-name() = 'feature' and @name = 'framework']/*[local-name() = 'bundle'][contains(., '/pax-logging-api/') or contains(., '/org.apache.felix.configadmin/')]"/>
    <xsl:call-template name="feature"><xsl:with-param name="name" select="'halftone'"/></xsl:call-template>
  </xsl:template>

  <xsl:template name="feature">
    <xsl:param name="name"/>
    <xsl:if test="$name != 'halftone-shell'">
      <xsl:for-each select="$ours//*[local-name() = 'feature' and @name = $name] | $standard//*[local-name() = 'feature' and @name = $name]">
        <xsl:apply-templates select="*[local-name() = 'bundle']"/>
        <xsl:for-each select="*[local-name() = 'feature']">
          <xsl:call-template name="feature"><xsl:with-param name="name" select="normalize-space(.)"/></xsl:call-template>
        </xsl:for-each>
      </xsl:for-each>
    </xsl:if>
  </xsl:template>

  <xsl:template match="*">
    <!-- mvn:group/artifact/version -->
    <xsl:variable name="coordinates" select="substring-after(normalize-space(.), 'mvn:')"/>
    <xsl:variable name="group" select="translate(substring-before($coordinates, '/'), '.', '/')"/>
    <xsl:variable name="artifact" select="substring-before(substring-after($coordinates, '/'), '/')"/>
    <xsl:variable name="release" select="substring-after(substring-after($coordinates, '/'), '/')"/>
    <xsl:variable name="level">
      <xsl:choose>
        <xsl:when test="@start-level"><xsl:value-of select="@start-level"/></xsl:when>
        <xsl:otherwise>80</xsl:otherwise>
      </xsl:choose>
    </xsl:variable>
    <xsl:value-of select="concat(format-number($level, '000'), ' ', $group, '/', $artifact, '/', $release, '/', $artifact, '-', $release, '.jar&#10;')"/>
  </xsl:template>
</xsl:stylesheet>
