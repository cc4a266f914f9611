/** How much pictures, latents and sets of features differ: PSNR, SSIM, MS-SSIM, LPIPS, CLIP score, Fréchet distance. */
@Export
@Version("1.0.0")
package io.halftone.metrics;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
