package io.halftone.onnxruntime.internal;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.halftone.export.EngineException;
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
    static OrtSession open(Path file, ModelGraph written, EngineOptions options) {
        ModelGraph graph = runnable(written);
        try (var session = options(graph, options, options.optimization())) {
            return open(file, graph, graph != written, session);
        } catch (OrtException e) {
            throw refused(file, e);
        }
    }

    /**
     * Opens a model, and writes what the runtime made of it.
     *
     * @param optimized the file to write
     * @param data      the name of a sibling for the large tensors
     */
    static OrtSession open(Path file, ModelGraph written, EngineOptions options, Path optimized, String data) {
        return open(file, written, options, options.optimization(), optimized, data);
    }

    /**
     * Writes the optimized model.
     *
     * @param optimized the file to write
     * @param data      the name of a sibling for the large tensors
     */
    static void optimize(Path file, ModelGraph written, EngineOptions options, Path optimized, String data) {
        try {
            open(file, written, options, options.stored(), optimized, data).close();
        } catch (OrtException e) {
            throw refused(file, e);
        }
    }

    /** What the runtime is given for a model. */
    private static ModelGraph runnable(ModelGraph written) {
        return Separation.apply(Widening.apply(written));
    }

    private static OrtSession open(Path file, ModelGraph written, EngineOptions options, OptLevel level, Path optimized, String data) {
        ModelGraph graph = runnable(written);
        try (var session = options(graph, options, level)) {
            session.setOptimizedModelFilePath(optimized.toString());
            session.addConfigEntry("session.optimized_model_external_initializers_file_name", data);
            session.addConfigEntry("session.optimized_model_external_initializers_min_size_in_bytes", Integer.toString(INLINE_BYTES));
            return open(file, graph, graph != written, session);
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
        // inputs of layers with 8-bit weights alone stay float32: it would round them to 8 bits as well
        session.addConfigEntry("session.qdq_matmulnbits_accuracy_level", "1");
        boolean separated = graph.hasFloat8() && graph.hasInt8();
        // the first merges the equal pairs on the inputs of queries, keys and values, and a shared pair gets no integer kernel;
        // the second moves 8-bit floats to where operators take none, which matters where it is not off with all the others
        session.addConfigEntry("optimization.disable_specified_optimizers", "CommonSubexpressionElimination"
            + (separated ? ";QDQPropagationTransformer" : ""));
        if (graph.hasFloat8() && !separated) {
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
