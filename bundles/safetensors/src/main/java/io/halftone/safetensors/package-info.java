/** Checkpoints in the safetensors format: a file or a set of shards read by window, and files written one tensor at a time. */
@Export
@Version("1.0.0")
package io.halftone.safetensors;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
