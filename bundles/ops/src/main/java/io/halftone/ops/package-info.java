/** The operations that a forward pass is written against, and the values, layers and scopes it is made of. */
@Export
@Version("1.0.0")
package io.halftone.ops;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
