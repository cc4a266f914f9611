package io.halftone.api;

/**
 * A pipeline that is at hand.
 *
 * @param name         its folder's name
 * @param path         its folder
 * @param pipeline     class of the pipeline
 * @param backbone     class of the backbone
 * @param supported    whether plugins for both are there
 */
public record ModelInfo(String name, String path, String pipeline, String backbone, boolean supported) {}
