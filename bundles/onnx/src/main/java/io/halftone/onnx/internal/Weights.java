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
import io.halftone.ops.shape.Meta;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The checkpoint's tensors on their way into the file: what is to be made of each, in the order in which operators first need them.
 * Nothing is read before it is written but small tensors. Each form of a tensor is written once.
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
            () -> graph.initializer(weight.parameter(), computeType, weight.shape().sizes(), straight(weight, computeType)));
    }

    /** The initializer of a weight rounded to the compute type, but stored in another type and under another shape. */
    String stored(Weight weight, DType type, long... shape) {
        return once(List.of(weight.parameter(), type, Shape.of(shape)),
            () -> graph.initializer(weight.parameter() + "_" + type.name().toLowerCase(Locale.ROOT), type, shape, straight(weight, type)));
    }

    /** Part of a product's terms: the rows from and before others of a transposed weight. */
    record Terms(int from, int to) {
        static Terms all(Weight weight) {
            return new Terms(0, matrix(weight)[1]);
        }
    }

    /** The initializer of an (out, in) weight as (in, out). */
    String transposed(Weight weight, Terms terms) {
        return once(List.of(weight.parameter(), "transposed", terms), () -> graph.initializer(weight.parameter() + "_transposed", computeType,
            new long[] {terms.to() - terms.from(), matrix(weight)[0]}, turned(weight, toType(weight, computeType), terms)));
    }

    /** What reads a weight back from its codes: a DequantizeLinear over an initializer of codes, or over a QuantizeLinear where floats are kept. */
    String dequantized(Codes codes) {
        Weight weight = codes.weight();
        return pair(codes, codes.axis(), "", () -> plain(weight),
            () -> graph.initializer(weight.parameter() + "_quantized", codes.dtype(), weight.shape().sizes(), straight(weight, low(codes))));
    }

    /** As {@link #dequantized(Codes)}, of an (out, in) weight as (in, out). */
    String dequantized(Codes codes, Terms terms) {
        Weight weight = codes.weight();
        return pair(codes, 1 - codes.axis(), terms, () -> transposed(weight, terms), () -> graph.initializer(weight.parameter() + "_quantized",
            codes.dtype(), new long[] {terms.to() - terms.from(), matrix(weight)[0]}, turned(weight, low(codes), terms)));
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
            require(tensorScale > 0 && Float.isFinite(tensorScale), weight, "a scale of " + tensorScale, "finite and > 0");
            long[] sizes = weight.shape().sizes();
            String codes = graph.initializer(weight.parameter() + "_quantized", fp4 ? Elements.FLOAT4E2M1 : FLOAT8, sizes,
                straight(weight, new ToBlocks(weight.parameter(), stored(weight), computeType, blocks, tensorScale, false)));
            sizes[sizes.length - 1] /= blocks.size();
            String scales = graph.initializer(weight.parameter() + "_scale", fp4 ? FLOAT8 : DataType.UINT8.getNumber(), sizes,
                straight(weight, new ToBlocks(weight.parameter(), stored(weight), computeType, blocks, tensorScale, true)));
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

    private Recoding low(Codes codes) {
        Weight weight = codes.weight();
        float[] scales = codes.scale().floats();
        for (float scale : scales) {
            if (!(scale > 0 && Float.isFinite(scale))) {
                require(false, weight, "a scale of " + scale, "finite and > 0 in " + codes.scale().dtype());
            }
        }
        long run = 1;
        for (Dim dim : weight.shape().dims().subList(codes.axis() + 1, weight.shape().rank())) {
            run = Math.multiplyExact(run, dim.size());
        }
        return new ToCodes(stored(weight), computeType, codes.dtype(), scales, run);
    }

    private Recoding toType(Weight weight, DType type) {
        return new ToType(stored(weight), computeType, type);
    }

    private DType stored(Weight weight) {
        return parameters.info(weight.parameter()).dtype();
    }

    private Content straight(Weight weight, DType type) {
        return straight(weight, toType(weight, type));
    }

    private Content straight(Weight weight, Recoding recoding) {
        return new Straight(parameters, weight.parameter(), recoding, weight.shape().count().size());
    }

    private Content turned(Weight weight, Recoding recoding, Terms terms) {
        int[] sizes = matrix(weight);
        return new Turned(parameters, weight.parameter(), recoding, sizes[0], sizes[1], terms.from(), terms.to());
    }

    private static int[] matrix(Weight weight) {
        return new int[] {Math.toIntExact(weight.shape().dim(0).size()), Math.toIntExact(weight.shape().dim(1).size())};
    }
}
