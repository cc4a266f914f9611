/**
 * Moving magnitude from a linear layer's input into its weight. Not exported: bundles that need it hold a copy, by bnd's
 * {@code -conditionalpackage}.
 */
package io.halftone.algorithm.smoothquant;
