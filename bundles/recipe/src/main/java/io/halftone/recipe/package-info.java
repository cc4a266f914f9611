/**
 * Recipe files: which layers of a model are quantized, and how, in a form that can be read and shared.
 *
 * <pre>
 * # FLUX.1-dev: INT8, the modulation in FP8, the first block as it is
 * version: 1
 * format: int8
 * level: 3
 * algorithm: smoothquant
 * rules:
 *   - role: modulation
 *     format: fp8
 *     algorithm: max
 *   - layers: "transformer_blocks.0.*"
 *     quantize: false
 * </pre>
 *
 * <p>{@code version} is 1 and has to be there; every other key may be left out. {@code format}, {@code policy}, {@code algorithm}
 * and {@code collector} are names of plugins, {@code level} is a number or {@code none}; what is left out is the user's
 * choice. Of the rules that match a layer the last one counts. A rule names {@code layers}, a pattern of full names in which
 * {@code *} stands for any characters, or a {@code role}, or both; its layers are quantized, unless it says {@code quantize: false},
 * and then nothing else.
 *
 * <p>A file is YAML, or JSON where it begins as JSON does, in UTF-8, of 1 MiB at most. Aliases and tags are refused, and so are
 * keys that are not listed here, values of another kind, and keys that come twice.
 */
@Export
@Version("1.0.0")
package io.halftone.recipe;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
