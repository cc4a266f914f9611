package io.halftone.lora;

/**
 * Rows of a parameter that some of a LoRA's rows are added to. A layer of another model library may be several of this one's:
 * its fused queries, keys and values have three.
 *
 * @param parameter the parameter's name
 * @param from      its first row
 * @param rows      how many
 * @param source    the first of the LoRA's rows
 */
record Piece(String parameter, long from, long rows, long source) {}
