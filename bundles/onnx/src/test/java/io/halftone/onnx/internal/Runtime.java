package io.halftone.onnx.internal;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.halftone.export.ExportReport;
import io.halftone.ops.DType;
import io.halftone.ops.TensorView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Runs what the exporter wrote, in ONNX Runtime. */
final class Runtime {
    private Runtime() {}

    /** Exports into the folder, runs once without graph optimization, and returns the output. */
    static TensorView run(TestJob job, Path folder, Map<String, TensorView> inputs) throws IOException {
        return run(new OnnxExporter().export(job, folder), inputs);
    }

    static TensorView run(ExportReport report, Map<String, TensorView> inputs) {
        return run(report.model(), inputs, OptLevel.NO_OPT);
    }

    static TensorView run(Path model, Map<String, TensorView> inputs, OptLevel level) {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        Map<String, OnnxTensor> bound = new LinkedHashMap<>();
        try (var options = new OrtSession.SessionOptions()) {
            options.setOptimizationLevel(level);
            options.setIntraOpNumThreads(1);
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
            try (OrtSession session = environment.createSession(model.toString(), options)) {
                for (var input : inputs.entrySet()) {
                    TensorView view = input.getValue();
                    ByteBuffer bytes = ByteBuffer.allocateDirect((int) view.byteLength()).order(ByteOrder.nativeOrder());
                    bytes.put(view.bytes()).flip();
                    bound.put(input.getKey(), OnnxTensor.createTensor(environment, bytes, view.shape(), type(view.dtype())));
                }
                try (OrtSession.Result result = session.run(bound)) {
                    OnnxTensor y = (OnnxTensor) result.get("y").orElseThrow();
                    return TensorView.host(type(y.getInfo().type), y.getInfo().getShape(), y.getByteBuffer());
                }
            }
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        } finally {
            bound.values().forEach(OnnxTensor::close);
        }
    }

    static OnnxJavaType type(DType type) {
        return switch (type) {
            case FLOAT32 -> OnnxJavaType.FLOAT;
            case FLOAT16 -> OnnxJavaType.FLOAT16;
            case BFLOAT16 -> OnnxJavaType.BFLOAT16;
            case INT64 -> OnnxJavaType.INT64;
            case BOOL -> OnnxJavaType.BOOL;
            default -> throw new IllegalArgumentException("type: found " + type + "; expected one that tests use");
        };
    }

    private static DType type(OnnxJavaType type) {
        return switch (type) {
            case FLOAT -> DType.FLOAT32;
            case FLOAT16 -> DType.FLOAT16;
            case BFLOAT16 -> DType.BFLOAT16;
            case INT64 -> DType.INT64;
            case BOOL -> DType.BOOL;
            default -> throw new IllegalArgumentException("type: found " + type + "; expected one that tests use");
        };
    }
}
