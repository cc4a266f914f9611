package io.halftone.onnxruntime.internal;

import io.halftone.export.ExportJob;
import io.halftone.model.ModelSignature;
import io.halftone.model.ModelSignature.Extent;
import io.halftone.model.ModelSignature.Port;
import io.halftone.onnx.internal.OnnxExporter;
import io.halftone.ops.DType;
import io.halftone.ops.Dim;
import io.halftone.ops.Float16;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.ops.Parameters;
import io.halftone.ops.Role;
import io.halftone.ops.Shape;
import io.halftone.ops.TensorView;
import io.halftone.ops.Values;
import io.halftone.quant.Slot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * A small quantized model: tokens (batch, tokens, 16) through two linear layers, added to a projection of (batch, 16), then
 * as a picture (batch, 16, tokens, 1) through a convolution. Its layers are {@code tokens}, {@code twin}, {@code vector} and
 * {@code conv}; the first two round the same value to the same codes.
 */
final class TestModel implements ExportJob, Parameters {
    static final Layer.Linear TOKENS = new Layer.Linear("tokens", Role.QKV, 16, 16, true);
    static final Layer.Linear TWIN = new Layer.Linear("twin", Role.QKV, 16, 16, true);
    static final Layer.Linear VECTOR = new Layer.Linear("vector", Role.MODULATION, 16, 16, true);
    static final Layer.Conv CONV = new Layer.Conv("conv", Role.CONVOLUTION, 16, 16, 3, 1, 1, true);
    private static final float INPUT_SCALE = 0.02f;
    private static final float WEIGHT_SCALE = 0.015f;

    /** Codes of a row whose sum is 0, but whose first two products with the greatest input pass 16 bits together. */
    private static final int[] EXTREME = {127, 127, -127, 0, -127, 0, 127, 127, -127, 0, -127, 0, 0, 0, 0, 0};

    private final DType computeType;
    private final Map<String, DType> lowTypes;
    private final boolean extreme;
    private final Map<String, TensorView> tensors = new TreeMap<>();

    TestModel(DType computeType, DType lowType) {
        this(computeType, lowType, false);
    }

    TestModel(DType computeType, DType lowType, boolean extreme) {
        this(computeType, Map.of("tokens", lowType, "twin", lowType, "vector", lowType, "conv", lowType), extreme);
    }

    /**
     * @param lowTypes what each layer is rounded to
     * @param extreme  whether inputs are the greatest there are, and the linear layers' weights as {@link #EXTREME}
     */
    TestModel(DType computeType, Map<String, DType> lowTypes, boolean extreme) {
        this.computeType = computeType;
        this.lowTypes = Map.copyOf(lowTypes);
        this.extreme = extreme;
        for (Layer layer : List.of(TOKENS, TWIN, VECTOR, CONV)) {
            Shape shape = layer instanceof Layer.Linear l ? l.weightShape() : CONV.weightShape();
            float[] weight = random(layer.name().hashCode(), (int) shape.count().size());
            for (int i = 0; extreme && layer instanceof Layer.Linear && i < weight.length; i++) {
                weight[i] = EXTREME[i % 16] * WEIGHT_SCALE;
            }
            tensors.put(layer.name() + ".weight", tensor(weight, shape.sizes()));
            tensors.put(layer.name() + ".bias", tensor(random(layer.name().hashCode() + 1, 16), 16));
        }
    }

    Path export(Path folder) throws IOException {
        return new OnnxExporter().export(this, folder).model();
    }

    /** Inputs for a batch and a number of tokens. */
    Values<TensorView> inputs(int batch, int tokens) {
        return Values.of("x", tensor(input(1, batch * tokens * 16), batch, tokens, 16)).and("v", tensor(input(2, batch * 16), batch, 16));
    }

    private float[] input(long seed, int count) {
        float[] values = random(seed, count);
        if (extreme) {
            Arrays.fill(values, 127 * INPUT_SCALE);
        }
        return values;
    }

    TensorView tensor(float[] values, long... shape) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(values.length * computeType.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            if (computeType == DType.FLOAT16) {
                bytes.putShort(Float16.fromFloat(value));
            } else {
                bytes.putFloat(value);
            }
        }
        return TensorView.host(computeType, shape, bytes.flip());
    }

    static float[] random(long seed, int count) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (random.nextGaussian() * 0.5);
        }
        return values;
    }

    /** What the model is to give: sums over what the 8-bit values stand for, in float64. */
    double[] expected(int batch, int tokens) {
        float[] x = inputs(batch, tokens).get("x").toFloats();
        float[] v = inputs(batch, tokens).get("v").toFloats();
        double[] picture = new double[batch * 16 * tokens];
        for (int b = 0; b < batch; b++) {
            for (int t = 0; t < tokens; t++) {
                for (int o = 0; o < 16; o++) {
                    picture[(b * 16 + o) * tokens + t] = product(TOKENS, x, (b * tokens + t) * 16, o)
                        + product(TWIN, x, (b * tokens + t) * 16, o)
                        + product(VECTOR, v, b * 16, o);
                }
            }
        }
        float[] weight = read("conv.weight").toFloats();
        float[] bias = read("conv.bias").toFloats();
        double[] y = new double[picture.length];
        for (int i = 0; i < y.length; i++) {
            int b = i / (16 * tokens), o = i / tokens % 16, t = i % tokens;
            y[i] = bias[o];
            for (int c = 0; c < 16; c++) {
                for (int k = 0; k < 3; k++) {
                    if (t + k >= 1 && t + k <= tokens) {
                        y[i] += rounded((float) picture[(b * 16 + c) * tokens + t + k - 1], INPUT_SCALE)
                            * rounded(weight[(o * 16 + c) * 9 + 3 * k + 1], WEIGHT_SCALE);
                    }
                }
            }
        }
        return y;
    }

    private double product(Layer.Linear layer, float[] x, int from, int out) {
        float[] weight = read(layer.name() + ".weight").toFloats();
        double sum = read(layer.name() + ".bias").toFloats()[out];
        for (int i = 0; i < 16; i++) {
            sum += rounded(x[from + i], INPUT_SCALE) * rounded(weight[out * 16 + i], WEIGHT_SCALE);
        }
        return sum;
    }

    private double rounded(float value, float scale) {
        float stored = computeType == DType.FLOAT16 ? Float16.toFloat(Float16.fromFloat(scale)) : scale;
        return Math.max(-128, Math.min(127, Math.rint(value / stored))) * stored;
    }

    private <T> T roundTrip(Ops<T> ops, T x, DType lowType, float scale, int channels) {
        float[] scales = new float[Math.max(1, channels)];
        Arrays.fill(scales, scale);
        T s = ops.constant(scales, channels == 0 ? new Shape(List.of()) : Shape.of(channels), computeType);
        return ops.dequantize(ops.quantize(x, lowType, s, 0), s, 0);
    }

    private <T> T linear(Ops<T> ops, Layer.Linear layer, T x) {
        T weight = ops.parameter(layer.name() + ".weight", layer.weightShape());
        DType low = lowTypes.get(layer.name());
        return ops.linear(layer, roundTrip(ops, x, low, INPUT_SCALE, 0), roundTrip(ops, weight, low, WEIGHT_SCALE, 16));
    }

    @Override
    public <T> Values<T> replay(Ops<T> ops, Values<T> inputs) {
        T x = inputs.get("x");
        Dim batch = ops.shape(x).dim(0);
        T vector = ops.reshape(linear(ops, VECTOR, inputs.get("v")), Shape.of(batch, Dim.of(1), Dim.of(16)));
        T sum = ops.add(ops.add(linear(ops, TOKENS, x), linear(ops, TWIN, x)), vector);
        T picture = ops.reshape(ops.permute(sum, 0, 2, 1), Shape.of(batch, Dim.of(16), ops.shape(x).dim(1), Dim.of(1)));
        T weight = ops.parameter("conv.weight", CONV.weightShape());
        DType low = lowTypes.get("conv");
        return Values.of("y", ops.conv(CONV, roundTrip(ops, picture, low, INPUT_SCALE, 0), roundTrip(ops, weight, low, WEIGHT_SCALE, 16)));
    }

    @Override
    public ModelSignature signature() {
        Dim batch = Dim.named("batch");
        Dim tokens = Dim.named("tokens");
        return new ModelSignature(List.of(Port.computed("x", Shape.of(batch, tokens, Dim.of(16))),
            Port.computed("v", Shape.of(batch, Dim.of(16)))),
            List.of(Port.computed("y", Shape.of(batch, Dim.of(16), tokens, Dim.of(1)))),
            Map.of("batch", new Extent(1, 2, 4), "tokens", new Extent(1, 8, 64)));
    }

    @Override
    public DType computeType() {
        return computeType;
    }

    @Override
    public Parameters parameters() {
        return this;
    }

    @Override
    public Map<String, Set<Slot>> quantizedSlots() {
        Set<Slot> both = Set.of(Slot.INPUT, Slot.WEIGHT);
        return Map.of("conv", both, "tokens", both, "twin", both, "vector", both);
    }

    @Override
    public Map<String, String> metadata() {
        return Map.of("recipe", "test");
    }

    @Override
    public String option(String name, String absent) {
        return absent;
    }

    @Override
    public Set<String> names() {
        return tensors.keySet();
    }

    @Override
    public Info info(String name) {
        return new Info(computeType, tensors.get(name).shape());
    }

    @Override
    public TensorView read(String name) {
        return tensors.get(name);
    }
}
