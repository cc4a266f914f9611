/** Pages and tables for people, made of an evaluation's {@code report.json} and pictures. */
@Export
@Version("1.0.0")
package io.halftone.report;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
