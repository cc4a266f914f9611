/** The arithmetic that schedulers share: what a model was trained on, and how time steps and noise levels are spaced. */
@Export
@Version("1.0.0")
package io.halftone.scheduler.noise;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
