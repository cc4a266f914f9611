package io.halftone.api;

import io.halftone.model.ModelSignature.Extent;
import java.util.Map;

/**
 * Build an engine.
 *
 * @param model   an exported model, or the folder it is in
 * @param engine  name of the engine builder
 * @param file    engine file to write; one that ends with a slash is a folder, made if it is not there, in which the engine builder names
 *                the file; empty for the model's folder
 * @param extents least, usual and greatest extent of named dimensions that differ from the model's own
 * @param options options of the engine builder by name; those it does not honour are refused
 */
public record BuildRequest(String model, String engine, String file, Map<String, Extent> extents, Map<String, String> options) {
    public BuildRequest {
        extents = Map.copyOf(extents);
        options = Map.copyOf(options);
    }
}
