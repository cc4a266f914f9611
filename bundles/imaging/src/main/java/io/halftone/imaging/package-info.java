/** Pictures: their values, and PNG files that carry text. */
@Export
@Version("1.0.0")
package io.halftone.imaging;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
