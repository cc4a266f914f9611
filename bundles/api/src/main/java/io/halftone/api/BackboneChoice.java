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

    /**
     * An engine of which what is not given is made: the model is exported, the engine built, and both are kept and used again where
     * the same is asked for. Its extents are those that the pipeline's engines usually have, with what the request needs.
     *
     * @param checkpoint a quantized checkpoint; empty for the pipeline's own backbone in full precision. Beside an exported model or an
     *                   engine file it is the one that they have to be of
     * @param onnx       an exported model, or the folder it is in, that is built; empty to export one
     * @param exporter   name of the exporter, where one is needed
     * @param export     options of the export by name
     * @param file       an engine file, which is run as it is; empty to build one
     * @param engine     name of the engine builder
     * @param options    of the engine by name, for building and loading; those it does not honour are refused
     * @param cache      folder to keep exports and engines in; empty for the configured one
     */
    record Built(String checkpoint, String onnx, String exporter, Map<String, String> export, String file, String engine,
                 Map<String, String> options, String cache) implements BackboneChoice {
        public Built {
            export = Map.copyOf(export);
            options = Map.copyOf(options);
            if (!onnx.isEmpty() && !file.isEmpty()) {
                throw new IllegalArgumentException("backbone: found an exported model, " + onnx + ", and an engine file, " + file
                    + "; expected one of them");
            }
        }

        /** An engine of a checkpoint, or of the pipeline's own backbone where it is empty, exported as ONNX in its usual form. */
        public static Built of(String checkpoint, String engine, Map<String, String> options, String cache) {
            return new Built(checkpoint, "", "onnx", Map.of(), "", engine, options, cache);
        }
    }

    /** The pipeline's own backbone in full precision. */
    static BackboneChoice fullPrecision() {
        return new Eager("");
    }
}
