/**
 * What tokenizers read their files with. Not exported: bundles that need it hold a copy, by bnd's {@code -conditionalpackage}.
 */
package io.halftone.tokenizer.clip;
