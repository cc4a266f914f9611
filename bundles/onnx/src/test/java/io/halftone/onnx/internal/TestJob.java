package io.halftone.onnx.internal;

import io.halftone.export.ExportJob;
import io.halftone.model.ModelSignature;
import io.halftone.model.ModelSignature.Extent;
import io.halftone.model.ModelSignature.Port;
import io.halftone.ops.CheckpointException;
import io.halftone.ops.DType;
import io.halftone.ops.Dim;
import io.halftone.ops.Ops;
import io.halftone.ops.Parameters;
import io.halftone.ops.Shape;
import io.halftone.ops.TensorView;
import io.halftone.ops.Values;
import io.halftone.quant.Slot;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;

/** An export of a few operations, with its parameters in memory. */
final class TestJob implements ExportJob, Parameters {
    /** The operations; the exporter's own value type is known here, so that a lambda will do. */
    interface Pass extends BiFunction<Ops<OnnxValue>, Values<OnnxValue>, OnnxValue> {}

    final Map<String, TensorView> tensors = new TreeMap<>();
    final Map<String, String> options = new TreeMap<>();
    final Map<String, String> metadata = new TreeMap<>();
    final Map<String, Set<Slot>> quantized = new LinkedHashMap<>();
    final List<String> reads = new ArrayList<>();
    private final List<Port> inputs = new ArrayList<>();
    private final DType computeType;
    private Shape output;
    private DType outputType;
    private final Pass pass;

    TestJob(DType computeType, Pass pass) {
        this.computeType = computeType;
        this.outputType = computeType;
        this.pass = pass;
    }

    /** With an input; dimensions are numbers, names, or {@link Dim}s. */
    TestJob input(String name, Object... dims) {
        inputs.add(Port.computed(name, shape(dims)));
        return this;
    }

    TestJob input(String name, DType type, Object... dims) {
        inputs.add(Port.of(name, type, shape(dims)));
        return this;
    }

    /** With the one output, y. */
    TestJob output(Object... dims) {
        output = shape(dims);
        return this;
    }

    TestJob output(DType type, Object... dims) {
        outputType = type;
        return output(dims);
    }

    /** With a parameter stored in that type. */
    TestJob parameter(String name, DType type, float[] values, long... shape) {
        tensors.put(name, TensorView.host(type, shape, ByteBuffer.wrap(Elements.encode(values, type))));
        return this;
    }

    /** With a parameter of the compute type drawn by its name. */
    TestJob random(String name, long... shape) {
        int count = (int) (TensorView.byteLength(DType.INT8, shape));
        return parameter(name, computeType, random(name.hashCode(), count), shape);
    }

    /** With the input and the weight of a layer planned for quantization. */
    TestJob quantizes(String layer) {
        return quantizes(layer, Slot.INPUT, Slot.WEIGHT);
    }

    TestJob quantizes(String layer, Slot... slots) {
        quantized.put(layer, Set.of(slots));
        return this;
    }

    static float[] random(long seed, int count) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (random.nextGaussian() * 0.5);
        }
        return values;
    }

    static Shape shape(Object... dims) {
        List<Dim> shape = new ArrayList<>();
        for (Object dim : dims) {
            shape.add(dim instanceof Dim d ? d : dim instanceof String name ? Dim.named(name) : Dim.of(((Number) dim).longValue()));
        }
        return new Shape(shape);
    }

    @Override
    public ModelSignature signature() {
        Map<String, Extent> extents = new LinkedHashMap<>();
        inputs.forEach(p -> p.shape().dims().forEach(d -> d.names().forEach(n -> extents.put(n, new Extent(1, 2, 64)))));
        return new ModelSignature(inputs, List.of(Port.of("y", outputType, output)), extents);
    }

    @Override
    public DType computeType() {
        return computeType;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> Values<T> replay(Ops<T> ops, Values<T> values) {
        return Values.of("y", (T) pass.apply((Ops<OnnxValue>) ops, (Values<OnnxValue>) values));
    }

    @Override
    public Parameters parameters() {
        return this;
    }

    @Override
    public Map<String, Set<Slot>> quantizedSlots() {
        return quantized;
    }

    @Override
    public Map<String, String> metadata() {
        return metadata;
    }

    @Override
    public String option(String name, String absent) {
        return options.getOrDefault(name, absent);
    }

    @Override
    public Set<String> names() {
        return new TreeSet<>(tensors.keySet());
    }

    @Override
    public Info info(String name) {
        TensorView tensor = tensors.get(name);
        if (tensor == null) {
            throw new CheckpointException(name + ": found none; expected a tensor");
        }
        return new Info(tensor.dtype(), tensor.shape());
    }

    @Override
    public TensorView read(String name) {
        reads.add(name);
        return tensors.get(name);
    }
}
