package io.halftone.onnx.internal;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.halftone.export.ExportException;
import io.halftone.onnx.internal.OnnxValue.Blocked;
import io.halftone.onnx.internal.OnnxValue.Codes;
import io.halftone.onnx.internal.OnnxValue.Weight;
import io.halftone.ops.Blocks;
import io.halftone.ops.CheckpointException;
import io.halftone.ops.DType;
import io.halftone.ops.Dim;
import io.halftone.ops.Parameters;
import io.halftone.ops.Shape;
import io.halftone.ops.TensorView;
import io.halftone.ops.shape.Meta;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The checkpoint's tensors on their way into the file. A tensor is read when an operator first needs it, converted, written
 * and dropped, so that one at a time is in memory. Each form of a tensor is written once.
 */
final class Weights {
    private static final int FLOAT8 = DataType.FLOAT8E4M3FN.getNumber();

    private final Parameters parameters;
    private final DType computeType;
    private final boolean keepFloats;
    private final Graph graph;
    private final Map<List<Object>, String> written = new HashMap<>();

    /**
     * @param keepFloats whether all quantized weights stay floating initializers with a QuantizeLinear behind them; filters of
     *                   8-bit floats do in any case
     */
    Weights(Parameters parameters, DType computeType, boolean keepFloats, Graph graph) {
        this.parameters = parameters;
        this.computeType = computeType;
        this.keepFloats = keepFloats;
        this.graph = graph;
    }

    /** A handle on a tensor; reads nothing but the header. */
    Weight weight(String name, Meta meta) {
        Parameters.Info info = parameters.info(name);
        if (!info.dtype().isCompute() || !Arrays.equals(info.shape(), meta.shape().sizes())) {
            throw new CheckpointException(name + ": found " + info + "; expected " + meta.shape() + " of FLOAT32, FLOAT16 or BFLOAT16");
        }
        return new Weight(name, meta);
    }

    /** The initializer of a weight as the checkpoint has it, in the compute type. */
    String plain(Weight weight) {
        return once(List.of(weight.parameter()),
            () -> graph.initializer(weight.parameter(), computeType, weight.shape().sizes(), bytes(weight)));
    }

    /** The initializer of a weight rounded to the compute type, but stored in another type and under another shape. */
    String stored(Weight weight, DType type, long... shape) {
        return once(List.of(weight.parameter(), type, Shape.of(shape)), () -> {
            byte[] bytes = type == computeType ? bytes(weight) : Elements.encode(floats(weight), type);
            return graph.initializer(weight.parameter() + "_" + type.name().toLowerCase(Locale.ROOT), type, shape, bytes);
        });
    }

    /** Part of a product's terms: the rows from and before others of a transposed weight. */
    record Terms(int from, int to) {
        static Terms all(Weight weight) {
            return new Terms(0, matrix(weight)[1]);
        }

        private byte[] of(byte[] transposed, int rowBytes) {
            return transposed.length == (to - from) * rowBytes ? transposed : Arrays.copyOfRange(transposed, Math.multiplyExact(from, rowBytes), Math.multiplyExact(to, rowBytes));
        }
    }

    /** The initializer of an (out, in) weight as (in, out). */
    String transposed(Weight weight, Terms terms) {
        return once(List.of(weight.parameter(), "transposed", terms), () -> {
            int[] sizes = matrix(weight);
            byte[] turned = Elements.transpose(bytes(weight), sizes[0], sizes[1], computeType.bytes());
            return graph.initializer(weight.parameter() + "_transposed", computeType, new long[] {terms.to() - terms.from(), sizes[0]},
                terms.of(turned, sizes[0] * computeType.bytes()));
        });
    }

    /** What reads a weight back from its codes: a DequantizeLinear over an initializer of codes, or over a QuantizeLinear where floats are kept. */
    String dequantized(Codes codes) {
        Weight weight = codes.weight();
        return pair(codes, codes.axis(), "", () -> plain(weight),
            () -> graph.initializer(weight.parameter() + "_quantized", codes.dtype(), weight.shape().sizes(), low(codes)));
    }

    /** As {@link #dequantized(Codes)}, of an (out, in) weight as (in, out). */
    String dequantized(Codes codes, Terms terms) {
        Weight weight = codes.weight();
        return pair(codes, 1 - codes.axis(), terms, () -> transposed(weight, terms), () -> {
            int[] sizes = matrix(weight);
            byte[] turned = Elements.transpose(low(codes), sizes[0], sizes[1], 1);
            return graph.initializer(weight.parameter() + "_quantized", codes.dtype(), new long[] {terms.to() - terms.from(), sizes[0]},
                terms.of(turned, sizes[0]));
        });
    }

    private String pair(Codes codes, int scaled, Object form, Supplier<String> floats, Supplier<String> stored) {
        Weight weight = codes.weight();
        return once(List.of(weight.parameter(), codes.dtype(), codes.scale(), codes.axis(), form), () -> {
            String scale = graph.initializer(weight.parameter() + "_scale", codes.scale().dtype(), codes.scale().shape().sizes(),
                codes.scale().bytes().toByteArray());
            int count = codes.perChannel() ? Math.toIntExact(codes.scale().shape().dim(0).size()) : 1;
            String zero = graph.initializer(weight.parameter() + "_zero_point", codes.dtype(), codes.scale().shape().sizes(),
                new byte[count]);
            AttributeProto[] axis = codes.perChannel() ? new AttributeProto[] {Graph.attribute("axis", (long) scaled)} : new AttributeProto[0];
            String low = keepFloats || isFilter(codes) ? graph.node("QuantizeLinear", List.of(floats.get(), scale, zero), axis) : stored.get();
            return graph.node("DequantizeLinear", List.of(low, scale, zero), axis);
        });
    }

    /** What reads a weight back from its blocks. These are kept as codes always: no operator makes them of floats at hand. */
    String dequantized(Blocked blocked, BlockOperators operators) {
        Weight weight = blocked.weight();
        Blocks blocks = blocked.blocks();
        return once(List.of(weight.parameter(), blocks, blocked.tensorScale()), () -> {
            boolean fp4 = BlockOperators.isFp4(blocks);
            float tensorScale = blocked.tensorScale().floats()[0];
            float[] values = floats(weight);
            for (float value : values) {
                require(Float.isFinite(value), weight, "a weight of " + value, "finite ones");
            }
            require(tensorScale > 0 && Float.isFinite(tensorScale), weight, "a scale of " + tensorScale, "finite and > 0");
            BlockEncoding encoding = BlockEncoding.of(values, blocks, tensorScale);
            long[] sizes = weight.shape().sizes();
            String codes = graph.initializer(weight.parameter() + "_quantized", fp4 ? Elements.FLOAT4E2M1 : FLOAT8, sizes,
                fp4 ? BlockEncoding.packed(encoding.elements()) : encoding.elements());
            sizes[sizes.length - 1] /= blocks.size();
            String scales = graph.initializer(weight.parameter() + "_scale", fp4 ? FLOAT8 : DataType.UINT8.getNumber(), sizes,
                encoding.scales());
            String unit = !fp4 ? "" : graph.initializer(weight.parameter() + "_tensor_scale", DType.FLOAT32, new long[0],
                blocked.tensorScale().bytes().toByteArray());
            return operators.dequantized(codes, scales, unit, computeType, blocks);
        });
    }

    /** Of stored 8-bit floats TensorRT 10.6 makes no 8-bit convolution: it reads the filter back and convolves in 16 bits. */
    private static boolean isFilter(Codes codes) {
        return codes.dtype() == DType.FLOAT8_E4M3 && codes.weight().shape().rank() > 2;
    }

    private static void require(boolean holds, Weight weight, String found, String expected) {
        if (!holds) {
            throw new ExportException(weight.parameter() + ": found " + found + "; expected " + expected);
        }
    }

    private String once(List<Object> form, Supplier<String> write) {
        String name = written.get(form);
        if (name == null) {
            name = write.get();
            written.put(form, name);
        }
        return name;
    }

    /** rint(w / scale), saturated; the quotient in float32 of values in the compute type. */
    private byte[] low(Codes codes) {
        Weight weight = codes.weight();
        float[] scales = codes.scale().floats();
        for (float scale : scales) {
            require(scale > 0 && Float.isFinite(scale), weight, "a scale of " + scale, "finite and > 0 in " + codes.scale().dtype());
        }
        int inner = 1;
        List<Dim> dims = weight.shape().dims();
        for (int i = codes.axis() + 1; i < dims.size(); i++) {
            inner = Math.multiplyExact(inner, Math.toIntExact(dims.get(i).size()));
        }
        int run = inner;
        boolean whole = codes.dtype() == DType.INT8;
        TensorView view = parameters.read(weight.parameter());
        byte[] low = new byte[Math.toIntExact(view.count())];
        Pieces.each(low.length, (from, to) -> {
            float[] values = floats(view, from, to);
            for (int i = from; i < to; i++) {
                float quotient = values[i - from] / (codes.perChannel() ? scales[i / run % scales.length] : scales[0]);
                low[i] = whole ? (byte) Math.max(-128, Math.min(127, Math.rint(quotient))) : Float8.fromFloat(quotient);
            }
        });
        return low;
    }

    private byte[] bytes(Weight weight) {
        TensorView view = parameters.read(weight.parameter());
        int width = computeType.bytes();
        byte[] bytes = new byte[Math.multiplyExact(Math.toIntExact(view.count()), width)];
        if (view.dtype() == computeType) {
            view.bytes().get(bytes);
            return bytes;
        }
        Pieces.each(Math.toIntExact(view.count()), (from, to) -> {
            byte[] piece = Elements.encode(part(view, from, to).toFloats(), computeType);
            System.arraycopy(piece, 0, bytes, from * width, piece.length);
        });
        return bytes;
    }

    private float[] floats(Weight weight) {
        TensorView view = parameters.read(weight.parameter());
        return floats(view, 0, Math.toIntExact(view.count()));
    }

    /** The elements from one before another, rounded to the compute type. */
    private float[] floats(TensorView view, int from, int to) {
        float[] values = part(view, from, to).toFloats();
        if (view.dtype() == computeType || computeType == DType.FLOAT32) {
            return values;
        }
        return TensorView.host(computeType, new long[] {to - from}, ByteBuffer.wrap(Elements.encode(values, computeType))).toFloats();
    }

    private static TensorView part(TensorView view, int from, int to) {
        int width = view.dtype().bytes();
        ByteBuffer bytes = view.bytes();
        return TensorView.host(view.dtype(), new long[] {to - from},
            bytes.slice(Math.addExact(bytes.position(), Math.multiplyExact(from, width)), Math.multiplyExact(to - from, width)));
    }

    private static int[] matrix(Weight weight) {
        return new int[] {Math.toIntExact(weight.shape().dim(0).size()), Math.toIntExact(weight.shape().dim(1).size())};
    }
}
