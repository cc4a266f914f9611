/** Pipelines, schedulers and tokenizers: what a plugin implements to go from prompts to pictures. */
@Export
@Version("1.0.0")
package io.halftone.pipeline;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
