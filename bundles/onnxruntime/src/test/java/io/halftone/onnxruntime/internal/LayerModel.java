package io.halftone.onnxruntime.internal;

import io.halftone.export.Engine;
import io.halftone.export.ExportJob;
import io.halftone.model.ModelSignature;
import io.halftone.model.ModelSignature.Port;
import io.halftone.onnx.internal.OnnxExporter;
import io.halftone.ops.DType;
import io.halftone.ops.Dim;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Float16;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.ops.Parameters;
import io.halftone.ops.Shape;
import io.halftone.ops.TensorView;
import io.halftone.ops.Values;
import io.halftone.quant.Range;
import io.halftone.quant.Rounded;
import io.halftone.quant.Slot;
import io.halftone.testkit.Tensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * One quantized layer without bias, to be run by libtorch and by ONNX Runtime.
 *
 * @param layer   what it is
 * @param rewrite what runs in its place
 * @param type    that it computes in
 * @param inputs  shape by name: x; or q, k and v
 * @param weight  of the layer; not used where it is an attention
 */
record LayerModel(Layer layer, Rounded rewrite, DType type, Map<String, Shape> inputs, float[] weight) implements ExportJob, Parameters {
    /** Values drawn with a seed, of that deviation. */
    static float[] random(long seed, int count, double deviation) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (random.nextGaussian() * deviation);
        }
        return values;
    }

    /** What fake quantization gives. */
    float[] inLibtorch(Map<String, float[]> values) {
        return Tensors.run(type, new Tensors.Work<>() {
            @Override
            public <T> float[] with(EagerOps<T> ops) {
                Map<String, T> tensors = new LinkedHashMap<>();
                inputs.forEach((name, shape) -> tensors.put(name, ops.constant(values.get(name), shape, type)));
                T w = weight.length == 0 ? null : ops.constant(weight, weightShape(), type);
                return ops.toFloats(run(ops, Values.of(tensors), w));
            }
        });
    }

    /** What an engine of the exported layer gives. */
    float[] inOnnxRuntime(Path folder, Map<String, float[]> values) throws IOException {
        Path model = new OnnxExporter().export(this, folder).model();
        try (Engine engine = new OnnxRuntimeEngineBuilder().load(model, Map.of())) {
            Map<String, TensorView> views = new LinkedHashMap<>();
            inputs.forEach((name, shape) -> views.put(name, tensor(values.get(name), shape.sizes())));
            return engine.run(Values.of(views), outputs -> outputs.get("y").toFloats());
        }
    }

    private <T> T run(Ops<T> ops, Values<T> in, T w) {
        if (layer instanceof Layer.Linear linear) {
            return rewrite.linear(ops, linear, in.get("x"), w);
        } else if (layer instanceof Layer.Conv conv) {
            return rewrite.conv(ops, conv, in.get("x"), w);
        }
        return ops.region(layer.name(), () -> List.of(rewrite.attention(ops, (Layer.Attention) layer, in.get("q"), in.get("k"),
            in.get("v")))).get(0);
    }

    private Shape weightShape() {
        return layer instanceof Layer.Linear linear ? linear.weightShape() : ((Layer.Conv) layer).weightShape();
    }

    private TensorView tensor(float[] values, long... shape) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(values.length * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            switch (type) {
                case FLOAT16 -> bytes.putShort(Float16.fromFloat(value));
                case BFLOAT16 -> bytes.putShort(Float16.bfloat16(value));
                default -> bytes.putFloat(value);
            }
        }
        return TensorView.host(type, shape, bytes.flip());
    }

    @Override
    public ModelSignature signature() {
        Shape x = inputs.values().iterator().next();
        Shape y = layer instanceof Layer.Linear linear ? x.with(-1, Dim.of(linear.out())) : x;
        return new ModelSignature(inputs.entrySet().stream().map(e -> Port.computed(e.getKey(), e.getValue())).toList(),
            List.of(Port.computed("y", y)), Map.of());
    }

    @Override
    public DType computeType() {
        return type;
    }

    @Override
    public <T> Values<T> replay(Ops<T> ops, Values<T> in) {
        return Values.of("y", run(ops, in, weight.length == 0 ? null : ops.parameter(layer.name() + ".weight", weightShape())));
    }

    @Override
    public Parameters parameters() {
        return this;
    }

    @Override
    public Map<String, Set<Slot>> quantizedSlots() {
        return Map.of(layer.name(), rewrite.ranges().keySet());
    }

    @Override
    public Map<String, String> metadata() {
        return Map.of();
    }

    @Override
    public String option(String name, String absent) {
        return absent;
    }

    @Override
    public Set<String> names() {
        return Set.of(layer.name() + ".weight");
    }

    @Override
    public Info info(String name) {
        return new Info(type, weightShape().sizes());
    }

    @Override
    public TensorView read(String name) {
        return tensor(weight, weightShape().sizes());
    }

    /** The largest magnitude. */
    static Range range(float... values) {
        float amax = 0;
        for (float value : values) {
            amax = Math.max(amax, Math.abs(value));
        }
        return Range.of(amax);
    }
}
