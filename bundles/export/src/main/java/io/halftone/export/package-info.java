/** Exporters and engines: what a plugin implements to write a model for another runtime, and to run it there. */
@Export
@Version("1.0.0")
package io.halftone.export;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
