/** Work in units that other processes may run: what a distributor implements, and what it works with. */
@Export
@Version("1.0.0")
package io.halftone.distribute;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
