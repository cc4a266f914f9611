/** Outputs that are there whole or not at all, whatever happens to their writer, and locks among threads and processes. */
@Export
@Version("1.0.0")
package io.halftone.files;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
