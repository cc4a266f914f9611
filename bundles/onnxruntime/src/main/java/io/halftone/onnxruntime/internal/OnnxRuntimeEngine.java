package io.halftone.onnxruntime.internal;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.halftone.export.Engine;
import io.halftone.export.EngineException;
import io.halftone.export.EngineReport;
import io.halftone.ops.DType;
import io.halftone.ops.TensorView;
import io.halftone.ops.Values;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** A session of ONNX Runtime on the processor. Its natives hold the weights until it is closed. */
final class OnnxRuntimeEngine implements Engine {
    private final String name;
    private final OrtSession session;
    private final Ports ports;
    private final Map<String, String> metadata;
    private final EngineReport report;
    private boolean closed;

    /**
     * @param name     what messages call it
     * @param metadata the facts stored with the model
     * @param report   what it is made of
     */
    OnnxRuntimeEngine(String name, OrtSession session, Map<String, String> metadata, EngineReport report) {
        this.name = name;
        this.session = session;
        this.metadata = Map.copyOf(metadata);
        this.report = report;
        try {
            this.ports = new Ports(session);
        } catch (OrtException e) {
            throw failed(e);
        }
    }

    @Override
    public Map<String, DType> inputs() {
        return ports.types();
    }

    @Override
    public Map<String, String> metadata() {
        return metadata;
    }

    @Override
    public <R> R run(Values<TensorView> inputs, Function<Values<TensorView>, R> result) {
        if (closed) {
            throw new IllegalStateException(name + ": found a closed engine; expected an open one");
        }
        ports.verify(inputs);
        Map<String, OnnxTensor> bound = new LinkedHashMap<>();
        try {
            for (String input : inputs.names()) {
                TensorView view = inputs.get(input);
                bound.put(input, OnnxTensor.createTensor(Sessions.environment(), direct(view.bytes()), view.shape(),
                    Ports.type(view.dtype())));
            }
            try (OrtSession.Result outputs = session.run(bound)) {
                Map<String, TensorView> views = new LinkedHashMap<>();
                for (Map.Entry<String, OnnxValue> output : outputs) {
                    OnnxTensor tensor = (OnnxTensor) output.getValue();
                    views.put(output.getKey(), TensorView.host(Ports.type(tensor.getInfo().type), tensor.getInfo().getShape(),
                        tensor.getByteBuffer()));
                }
                return result.apply(Values.of(views));
            }
        } catch (OrtException e) {
            throw failed(e);
        } finally {
            bound.values().forEach(OnnxTensor::close);
        }
    }

    /** The buffer itself where it is direct: the runtime reads it where it is. */
    private static ByteBuffer direct(ByteBuffer bytes) {
        return bytes.isDirect() ? bytes : ByteBuffer.allocateDirect(bytes.remaining()).order(bytes.order()).put(bytes).flip();
    }

    @Override
    public EngineReport report() {
        return report;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            try {
                session.close();
            } catch (OrtException e) {
                throw failed(e);
            }
        }
    }

    private EngineException failed(OrtException e) {
        return new EngineException(name + ": found a failure of ONNX Runtime: " + e.getMessage() + "; expected none", e);
    }
}
