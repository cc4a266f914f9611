/** From a backbone's latents to pictures: what the pipelines around this decoder share. */
@Export
@Version("1.0.0")
package io.halftone.autoencoder;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
