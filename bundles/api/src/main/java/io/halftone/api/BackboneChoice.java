package io.halftone.api;

import java.util.Map;

/** What predicts the noise. */
public sealed interface BackboneChoice {
    /**
     * The pipeline's own backbone on libtorch.
     *
     * @param checkpoint a quantized checkpoint, run with fake quantization; empty for full precision
     */
    record Eager(String checkpoint) implements BackboneChoice {}

    /**
     * An engine.
     *
     * @param engine  name of the engine builder
     * @param file    an engine file, or an exported model that the engine takes as it is; a folder stands for the model in it
     * @param options of the engine by name, such as {@code threads}; those it does not honour are refused
     */
    record OnEngine(String engine, String file, Map<String, String> options) implements BackboneChoice {
        public OnEngine {
            options = Map.copyOf(options);
        }

        /** An engine with its usual options. */
        public OnEngine(String engine, String file) {
            this(engine, file, Map.of());
        }
    }

    /** The pipeline's own backbone in full precision. */
    static BackboneChoice fullPrecision() {
        return new Eager("");
    }
}
