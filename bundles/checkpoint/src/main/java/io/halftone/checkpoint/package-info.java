/** Quantized backbones on disk: written in one pass, read back and proved. */
@Export
@Version("1.0.0")
package io.halftone.checkpoint;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
