/** Number formats, collectors, policies and algorithms: what a plugin implements to take part in quantization. */
@Export
@Version("1.0.0")
package io.halftone.quant;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
