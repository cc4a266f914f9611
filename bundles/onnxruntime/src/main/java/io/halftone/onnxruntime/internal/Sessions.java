package io.halftone.onnxruntime.internal;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.halftone.export.EngineException;
import java.io.IOException;
import java.nio.file.Path;

/** Makes sessions of ONNX Runtime. The first one loads its natives. */
final class Sessions {
    /** Initializers above this stay out of an optimized model's file, which may not pass 2 GB. */
    private static final int INLINE_BYTES = 1024;

    private Sessions() {}

    static OrtEnvironment environment() {
        return OrtEnvironment.getEnvironment();
    }

    /** Name and version of the runtime, as an engine file keeps it. */
    static String runtime() {
        return "onnxruntime " + environment().getVersion();
    }

    /** Opens a model: from its file where the graph is that of the file, else from the graph with the file's data. */
    static OrtSession open(Path file, ModelGraph written, EngineOptions options) throws IOException {
        ModelGraph graph = Widening.apply(written);
        try (var session = options(graph, options, options.optimization())) {
            return open(file, graph, graph != written, session);
        } catch (OrtException e) {
            throw refused(file, e);
        }
    }

    /**
     * Writes the optimized model.
     *
     * @param optimized the file to write
     * @param data      the name of a sibling for the large tensors
     */
    static void optimize(Path file, ModelGraph written, EngineOptions options, Path optimized, String data) throws IOException {
        ModelGraph graph = Widening.apply(written);
        try (var session = options(graph, options, options.stored())) {
            session.setOptimizedModelFilePath(optimized.toString());
            session.addConfigEntry("session.optimized_model_external_initializers_file_name", data);
            session.addConfigEntry("session.optimized_model_external_initializers_min_size_in_bytes", Integer.toString(INLINE_BYTES));
            open(file, graph, graph != written, session).close();
        } catch (OrtException e) {
            throw refused(file, e);
        }
    }

    private static OrtSession open(Path file, ModelGraph graph, boolean changed, OrtSession.SessionOptions session) throws OrtException {
        if (!changed) {
            return environment().createSession(file.toString(), session);
        }
        session.addConfigEntry("session.model_external_initializers_file_folder_path", file.toAbsolutePath().getParent().toString());
        return environment().createSession(graph.model().toByteArray(), session);
    }

    private static OrtSession.SessionOptions options(ModelGraph graph, EngineOptions options, OptLevel level) throws OrtException {
        var session = new OrtSession.SessionOptions();
        session.setOptimizationLevel(level);
        session.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
        session.setIntraOpNumThreads(options.threads());
        session.setDeterministicCompute(true);
        // waiting threads would spin against those of libtorch and of the host that embeds this
        session.addConfigEntry("session.intra_op.allow_spinning", "0");
        // processors without VNNI add pairs of products in 16 bits, which large 8-bit weights overflow: it stores these shifted
        session.addConfigEntry("session.x64quantprecision", "1");
        // it merges the equal pairs on the inputs of queries, keys and values; a shared pair gets no integer kernel
        session.addConfigEntry("optimization.disable_specified_optimizers", "CommonSubexpressionElimination");
        if (graph.hasFloat8()) {
            // its fusions take any 8-bit type for an integer and end in operators that no 8-bit float has
            session.addConfigEntry("session.disable_quant_qdq", "1");
        }
        return session;
    }

    private static EngineException refused(Path file, OrtException e) {
        String message = file + ": found a model that ONNX Runtime refuses: " + e.getMessage() + "; expected one that it runs";
        return new EngineException(message, e);
    }
}
