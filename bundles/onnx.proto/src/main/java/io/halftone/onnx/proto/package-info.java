/** Reads files of the ONNX format, and refuses those that are not what they say. */
package io.halftone.onnx.proto;
