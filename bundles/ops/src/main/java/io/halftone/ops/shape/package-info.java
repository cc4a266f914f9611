/** The interpreter that knows only shapes: what a model is made of, without its weights. */
@Export
@Version("1.0.0")
package io.halftone.ops.shape;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
