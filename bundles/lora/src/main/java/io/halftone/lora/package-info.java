/** LoRA: files read, matched with a model's layers, and fused into its weights tensor by tensor. */
@Export
@Version("1.0.0")
package io.halftone.lora;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
