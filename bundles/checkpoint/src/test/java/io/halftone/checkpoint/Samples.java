package io.halftone.checkpoint;

import io.halftone.ops.Blocks;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Float16;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.ops.Parameters;
import io.halftone.ops.Role;
import io.halftone.ops.Shape;
import io.halftone.ops.TensorView;
import io.halftone.quant.Granularity;
import io.halftone.quant.LayerState;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.Range;
import io.halftone.quant.Rounded;
import io.halftone.quant.Slot;
import io.halftone.testkit.Tensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Formats, layers and weights for tests. */
public final class Samples {
    private Samples() {}

    /** A format of these tests. */
    public record Format(String name, boolean perChannel, DType type, Blocks blocks, float bound) implements QuantFormat {
        @Override
        public Optional<Granularity> granularity(Layer layer, Slot slot) {
            return Optional.of(Granularity.PER_TENSOR);
        }

        @Override
        public <T> T roundTrip(Ops<T> ops, T x, Range range) {
            DType dtype = ops.dtype(x);
            if (blocks != null) {
                float scale = blocks.scale() == Blocks.Scale.E8M0 ? 1 : range.scales(bound)[0];
                return ops.roundBlocks(x, blocks, ops.constant(scale, DType.FLOAT32));
            }
            float[] scales = range.scales(bound);
            T scale = range.isPerTensor() ? ops.constant(scales[0], dtype) : ops.constant(scales, Shape.of(scales.length), dtype);
            return ops.dequantize(ops.quantize(x, type, scale, range.axis()), scale, range.axis());
        }

        @Override
        public String toString() {
            return name;
        }
    }

    public static final Format INT8 = new Format("int8", true, DType.INT8, null, 127);
    public static final Format FP8 = new Format("fp8", false, DType.FLOAT8_E4M3, null, 448);
    public static final Format NVFP4 = new Format("nvfp4", false, null, new Blocks(Blocks.Element.E2M1, 16, Blocks.Scale.E4M3), 6 * 448);
    public static final Format MXFP8 = new Format("mxfp8", false, null, new Blocks(Blocks.Element.E4M3, 32, Blocks.Scale.E8M0), 448);

    public static List<Format> formats() {
        return List.of(INT8, FP8, NVFP4, MXFP8);
    }

    public static Layer.Linear linear(String name, long in, long out) {
        return new Layer.Linear(name, Role.QKV, in, out, true);
    }

    /** Values of a bell's shape, in the type. */
    public static TensorView weight(DType type, long seed, long... shape) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[(int) TensorView.byteLength(DType.INT8, shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) ((random.nextDouble() + random.nextDouble() + random.nextDouble() - 1.5) * 0.05);
        }
        return tensor(type, values, shape);
    }

    public static TensorView tensor(DType type, float[] values, long... shape) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(values.length * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            switch (type) {
                case FLOAT32 -> bytes.putFloat(value);
                case FLOAT16 -> bytes.putShort(Float16.fromFloat(value));
                default -> bytes.putShort(Float16.bfloat16(value));
            }
        }
        return TensorView.host(type, shape, bytes.flip());
    }

    /** The range of a weight, as the format shares scales. */
    public static Range range(Format format, TensorView weight) {
        float[] values = weight.toFloats();
        float[] amax = new float[format.perChannel() ? (int) weight.shape()[0] : 1];
        int inner = values.length / amax.length;
        for (int i = 0; i < values.length; i++) {
            amax[i / inner] = Math.max(amax[i / inner], Math.abs(values[i]));
        }
        return new Range(amax, 0);
    }

    /** What the format makes of the weight, in libtorch. */
    public static float[] roundTrip(Format format, TensorView weight, DType computeType, Range range) {
        return Tensors.run(computeType, new Tensors.Work<>() {
            @Override
            public <T> float[] with(EagerOps<T> ops) {
                return ops.toFloats(format.roundTrip(ops, ops.cast(ops.load(weight), computeType), range));
            }
        });
    }

    public static QuantizedLayer layer(Format format, Layer layer, TensorView weight, Map<String, float[]> vectors, List<String> added) {
        Map<Slot, Range> ranges = Map.of(Slot.INPUT, Range.of(3), Slot.WEIGHT, range(format, weight));
        var state = new LayerState(layer.name(), "max", format.name(), ranges, Map.of(), vectors, added);
        return new QuantizedLayer(layer, state, new Rounded(format, ranges));
    }

    /** Tensors in memory. */
    public record Memory(Map<String, TensorView> tensors) implements Parameters {
        public Memory {
            tensors = new TreeMap<>(tensors);
        }

        @Override
        public Set<String> names() {
            return tensors.keySet();
        }

        @Override
        public Info info(String name) {
            return new Info(tensors.get(name).dtype(), tensors.get(name).shape());
        }

        @Override
        public TensorView read(String name) {
            return tensors.get(name);
        }
    }
}
