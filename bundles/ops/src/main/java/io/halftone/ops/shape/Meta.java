package io.halftone.ops.shape;

import io.halftone.ops.DType;
import io.halftone.ops.Shape;

/**
 * What is known of a value before it exists.
 *
 * @param shape its extents
 * @param dtype its element type
 */
public record Meta(Shape shape, DType dtype) {}
