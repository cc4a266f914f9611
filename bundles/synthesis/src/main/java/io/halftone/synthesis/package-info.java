/** Pipeline folders of true shapes with random weights, to measure memory, speed and export where the real ones cannot be had. */
@Export
@Version("1.0.0")
package io.halftone.synthesis;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
