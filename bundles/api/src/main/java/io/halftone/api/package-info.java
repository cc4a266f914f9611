/** The service that applications call: requests, jobs and results. */
@Export
@Version("1.0.0")
package io.halftone.api;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
