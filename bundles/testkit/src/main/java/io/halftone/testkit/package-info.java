/** Contract tests that plugins extend, and what their tests read checkpoints with. */
@Export
@Version("1.0.0")
package io.halftone.testkit;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
