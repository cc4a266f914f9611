package io.halftone.shell.internal;

import io.halftone.api.BackboneChoice;
import io.halftone.api.Defaults;
import java.util.Map;

/**
 * What was given about a backbone: nothing, a quantized checkpoint, an exported model or an engine file.
 *
 * @param prefix      of the option names: {@code --} or {@code --reference-}
 * @param restoreFrom absolute path; empty where it was not given, and so for the other files
 * @param engine      name of an engine builder; null where it was not given
 * @param options     of the engine
 * @param defaults    the engine and the exporter where none is named
 */
record EngineChoice(String prefix, String restoreFrom, String onnx, String engineFile, String engine, Map<String, String> options,
                    Defaults defaults) {
    static final String USUAL_ENGINE = "onnxruntime";
    static final String ENGINE_USUALLY = "the configured one, usually " + USUAL_ENGINE;

    /** Whether it names anything but the full precision backbone. */
    boolean isGiven() {
        return !restoreFrom.isEmpty() || !onnx.isEmpty() || !engineFile.isEmpty();
    }

    /** The backbone: libtorch in full precision where nothing was given. */
    BackboneChoice backbone() {
        Given.atMostOne("backbone", prefix + "restore-from", orNull(restoreFrom), prefix + "onnx-load-path", orNull(onnx),
            prefix + "engine-path", orNull(engineFile));
        String file = onnx.isEmpty() ? engineFile : onnx;
        if (!file.isEmpty()) {
            return new BackboneChoice.OnEngine(Given.orElse(engine, defaults.engine()), file, options);
        }
        if (engine != null) {
            throw new IllegalArgumentException(prefix + "engine: found " + engine + " without a model; expected " + prefix
                + "onnx-load-path or "
                + prefix + "engine-path too");
        }
        if (!options.isEmpty()) {
            throw new IllegalArgumentException("threads: found an option of engines without an engine; expected " + prefix
                + "onnx-load-path or " + prefix + "engine-path too");
        }
        return new BackboneChoice.Eager(restoreFrom);
    }

    /** Whether it names an engine: then what is not given of the way there is made. */
    boolean isMade() {
        return engine != null;
    }

    /**
     * The backbone, made where an engine was named and no engine file alone is to run.
     *
     * @param cache folder for what is made; empty for the configured one
     */
    BackboneChoice backbone(String cache) {
        if (!isMade()) {
            return backbone();
        }
        if (!engineFile.isEmpty() && onnx.isEmpty() && restoreFrom.isEmpty()) {
            return new BackboneChoice.OnEngine(engine, engineFile, options);
        }
        Given.atMostOne("backbone", prefix + "onnx-load-path", orNull(onnx), prefix + "engine-path", orNull(engineFile));
        return new BackboneChoice.Built(restoreFrom, onnx, defaults.exporter(), Map.of(), engineFile, engine, options, cache);
    }

    private static String orNull(String path) {
        return path.isEmpty() ? null : path;
    }
}
