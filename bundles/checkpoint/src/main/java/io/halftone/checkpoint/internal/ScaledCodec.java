package io.halftone.checkpoint.internal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halftone.checkpoint.Layout;
import io.halftone.ops.DType;
import io.halftone.ops.Float16;
import io.halftone.ops.Float8;
import io.halftone.ops.Parameters.Info;
import io.halftone.ops.Parameters.Window;
import io.halftone.ops.TensorView;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/** 8-bit codes with float32 scales: one, or one for each index of an axis. */
final class ScaledCodec implements Codec {
    private final Encoding.Scaled encoding;
    private final float[] scales;
    private final long[] shape;
    private final DType computeType;
    private final Layout layout;
    /** Elements that lie between one index of the axis and the next. */
    private final int inner;

    private ScaledCodec(Encoding.Scaled encoding, long[] shape, DType computeType, Layout layout) {
        this.encoding = encoding;
        this.scales = encoding.scales();
        this.shape = shape.clone();
        this.computeType = computeType;
        this.layout = layout;
        long count = 1;
        for (int i = encoding.axis() + 1; i < shape.length; i++) {
            count *= shape[i];
        }
        this.inner = (int) count;
    }

    static Optional<Codec> of(Encoding.Scaled encoding, long[] shape, DType computeType, Layout layout) {
        boolean known = encoding.type() == DType.INT8 || encoding.type() == DType.FLOAT8_E4M3;
        boolean fits = encoding.axis() >= 0 && encoding.axis() < shape.length
            && (encoding.isPerTensor() || encoding.scales().length == shape[encoding.axis()]);
        boolean readable = layout == Layout.MODEL_OPTIMIZER || shape.length == 2
            && (encoding.isPerTensor() || encoding.type() == DType.INT8 && encoding.axis() == 0);
        for (float scale : encoding.scales()) {
            fits &= scale > 0 && !Float.isInfinite(scale);
        }
        return known && fits && readable && encoding.scaleType().isCompute()
            ? Optional.of(new ScaledCodec(encoding, shape, computeType, layout)) : Optional.empty();
    }

    @Override
    public Map<String, Info> tensors() {
        long n = scales.length;
        long[] scaleShape = encoding.isPerTensor() ? new long[0] : layout == Layout.COMFYUI ? new long[] {n, 1} : new long[] {n};
        return Map.of(WEIGHT, new Info(encoding.type(), shape), SCALE, new Info(DType.FLOAT32, scaleShape));
    }

    @Override
    public Info decoded() {
        return new Info(computeType, shape);
    }

    @Override
    public Optional<Map<String, ByteBuffer>> encode(TensorView weight) {
        ByteBuffer from = weight.bytes();
        ByteBuffer codes = ByteBuffer.allocateDirect(Math.toIntExact(weight.count()));
        Table shared = encoding.isPerTensor() ? new Table(scales[0]) : null;
        boolean fits = IntStream.range(0, runs()).parallel().allMatch(run -> {
            Table table = shared == null ? new Table(scale(run)) : shared;
            for (int i = run * inner; i < (run + 1) * inner; i++) {
                float value = Numbers.get(from, weight.dtype(), i);
                float quotient = (weight.dtype() == computeType ? value : Float16.rounded(value, computeType)) / table.scale;
                byte code = code(quotient);
                if (Float.isNaN(quotient) || !table.isKept(code)) {
                    return false;
                }
                codes.put(i, code);
            }
            return true;
        });
        ByteBuffer scaleBytes = ByteBuffer.allocateDirect(4 * scales.length).order(ByteOrder.LITTLE_ENDIAN);
        scaleBytes.asFloatBuffer().put(scales);
        return fits ? Optional.of(Map.of(WEIGHT, codes, SCALE, scaleBytes)) : Optional.empty();
    }

    @Override
    public TensorView decode(Function<String, TensorView> tensors) {
        ByteBuffer codes = tensors.apply(WEIGHT).bytes();
        float[] stored = tensors.apply(SCALE).toFloats();
        ByteBuffer to = ByteBuffer.allocateDirect(Math.toIntExact(decoded().byteLength())).order(ByteOrder.LITTLE_ENDIAN);
        IntStream.range(0, runs()).parallel().forEach(run -> {
            float scale = stored[stored.length == 1 ? 0 : run % stored.length];
            for (int i = run * inner; i < (run + 1) * inner; i++) {
                Numbers.put(to, computeType, i, value(codes.get(i), scale));
            }
        });
        return TensorView.host(computeType, shape, to);
    }

    /**
     * What reads parts of the decoded weight, at the bounds of elements.
     *
     * @param codes  what reads the codes
     * @param stored the scales
     */
    Window window(Window codes, float[] stored) {
        int width = computeType.bytes();
        int[] shared = stored.length == 1 ? decoded(stored[0]) : null;
        return (offset, target) -> {
            int start = target.position(), count = target.remaining() / width;
            long first = offset / width;
            if (first * width != offset || count * width != target.remaining()) {
                throw new IllegalArgumentException("weight: found a window of " + target.remaining() + " bytes at " + offset
                    + "; expected whole elements of " + width);
            }
            // codes go to the end of the target: an element is written behind those that are still to be read, or over its own
            int from = start + count * (width - 1);
            codes.read(first, target.position(from));
            ByteBuffer bytes = target.duplicate().order(ByteOrder.LITTLE_ENDIAN);
            int begin = 0;
            while (begin < count) {
                long run = (first + begin) / inner;
                int end = shared != null ? count : (int) Math.min(count, (run + 1) * inner - first);
                int[] values = shared != null ? shared : decoded(stored[(int) (run % stored.length)]);
                for (int i = begin; i < end; i++) {
                    int value = values[bytes.get(from + i) & 0xff];
                    if (width == Short.BYTES) {
                        bytes.putShort(start + i * width, (short) value);
                    } else {
                        bytes.putInt(start + i * width, value);
                    }
                }
                begin = end;
            }
        };
    }

    /** The bits of what each code stands for, in the compute type. */
    private int[] decoded(float scale) {
        ByteBuffer bits = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        int[] values = new int[1 << Byte.SIZE];
        for (int code = 0; code < values.length; code++) {
            Numbers.put(bits, computeType, 0, value((byte) code, scale));
            values[code] = bits.getInt(0);
        }
        return values;
    }

    /** Runs of elements with one scale. */
    private int runs() {
        return inner == 0 ? 0 : Math.toIntExact(decoded().byteLength() / computeType.bytes() / inner);
    }

    /** Which codes of a scale come back, told when they are first met. */
    private final class Table {
        private static final byte KEPT = 1;
        private static final byte LOST = 2;

        private final float scale;
        private final byte[] known = new byte[256];   // threads that race write the same

        Table(float scale) {
            this.scale = scale;
        }

        boolean isKept(byte code) {
            byte found = known[code & 0xff];
            if (found == 0) {
                float value = value(code, scale);
                byte again = code(Float16.rounded(value, computeType) / scale);
                found = again == code || value(again, scale) == value ? KEPT : LOST;
                known[code & 0xff] = found;
            }
            return found == KEPT;
        }
    }

    private float scale(int channel) {
        return scales[scales.length == 1 ? 0 : channel % scales.length];
    }

    private byte code(float quotient) {
        return encoding.type() == DType.INT8 ? Numbers.int8(quotient) : Float8.fromFloat(quotient);
    }

    /** What dequantize gives: the product in the type of the scale. */
    private float value(byte code, float scale) {
        float factor = encoding.type() == DType.INT8 ? code : Float8.toFloat(code);
        return Float16.rounded(factor * scale, encoding.scaleType());
    }

    @Override
    public void describe(ObjectNode node) {
        node.put("codes", encoding.type().name()).put("scales", scales.length).put("axis", encoding.axis());
        node.put("valueType", encoding.scaleType().name()).put("layout", layout.name());
        var extents = node.putArray("shape");
        for (long extent : shape) {
            extents.add(extent);
        }
    }
}
