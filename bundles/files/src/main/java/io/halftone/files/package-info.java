/** Outputs that are there whole or not at all, whatever happens to their writer, locks among threads and processes, and lists in text files. */
@Export
@Version("1.0.0")
package io.halftone.files;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
