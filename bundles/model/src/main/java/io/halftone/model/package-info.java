/** Model adapters: one architecture each, its configuration and its signature. */
@Export
@Version("1.0.0")
package io.halftone.model;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
