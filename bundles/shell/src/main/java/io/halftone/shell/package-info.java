/** The shell's commands for programs: the same options, the same requests, and the result as JSON. */
@Export
@Version("1.0.0")
package io.halftone.shell;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
