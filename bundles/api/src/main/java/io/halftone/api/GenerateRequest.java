package io.halftone.api;

/**
 * Make pictures.
 *
 * @param source   the pipeline
 * @param backbone what predicts the noise
 * @param sampling the pictures
 * @param image    PNG file to write; with several prompts a number is put before its extension
 * @param dump     safetensors file for embeddings, raw outputs, latents and pictures; empty for none
 */
public record GenerateRequest(PipelineSource source, BackboneChoice backbone, Sampling sampling, String image, String dump) {}
