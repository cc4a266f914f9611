package io.halftone.pipeline;

/**
 * How a published pipeline is used where the user says nothing else.
 *
 * @param steps         denoising steps
 * @param guidanceScale how strongly the prompt guides; 0 where the model is made to run without guidance
 * @param height        pixels
 * @param width         pixels
 */
public record Usage(int steps, double guidanceScale, long height, long width) {}
