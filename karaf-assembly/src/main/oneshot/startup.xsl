<?xml version="1.0" encoding="UTF-8"?>
<!--
  From Halftone's features.xml, the list of bundles that bin/halftone starts: each bundle once, with its start level, straight from system/. The console gets the same bundles by Karaf's features service, which a single command has no time for.
-->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:k="http://karaf.apache.org/xmlns/features/v1.6.0">
  <xsl:output method="text" encoding="UTF-8"/>
  <xsl:param name="container"/>
  <!-- "web" for the bundles of the web console alone, which the others are without -->
  <xsl:param name="of"/>
  <xsl:key name="bundle" match="k:feature/k:bundle" use="normalize-space(.)"/>

  <xsl:template match="/">
    <xsl:value-of select="$container"/>
    <xsl:for-each select="//k:feature[($of = 'web') = (@name = 'halftone-web' or @name = 'halftone-http')]/k:bundle[generate-id() = generate-id(key('bundle', normalize-space(.))[1])]">
      <!-- mvn:group/artifact/version -->
      <xsl:variable name="coordinates" select="substring-after(normalize-space(.), 'mvn:')"/>
      <xsl:variable name="group" select="translate(substring-before($coordinates, '/'), '.', '/')"/>
      <xsl:variable name="artifact" select="substring-before(substring-after($coordinates, '/'), '/')"/>
      <xsl:variable name="version" select="substring-after(substring-after($coordinates, '/'), '/')"/>
      <xsl:value-of select="concat('reference\:file\:', $group, '/', $artifact, '/', $version, '/', $artifact, '-', $version, '.jar = ')"/>
      <xsl:choose>
        <xsl:when test="@start-level"><xsl:value-of select="@start-level"/></xsl:when>
        <xsl:otherwise>80</xsl:otherwise>
      </xsl:choose>
      <xsl:text>&#10;</xsl:text>
    </xsl:for-each>
  </xsl:template>
</xsl:stylesheet>
