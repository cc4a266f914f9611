/** Pictures: their values, PNG files that carry text, and how much two of them differ. */
@Export
@Version("1.0.0")
package io.halftone.imaging;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
