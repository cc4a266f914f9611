package io.halftone.checkpoint.internal;

/**
 * Two narrow matrices beside a rounded weight: what they make of the scaled input is added to the layer's product.
 *
 * @param a    the parameter (rank, in), by full name
 * @param b    the parameter (out, rank), by full name
 * @param rank of the matrices
 */
public record LowRank(String a, String b, long rank) {}
