package io.halftone.checkpoint.internal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halftone.checkpoint.Layout;
import io.halftone.ops.Blocks;
import io.halftone.ops.DType;
import io.halftone.ops.Float16;
import io.halftone.ops.Parameters.Info;
import io.halftone.ops.TensorView;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Codes of 8 or 4 bits, two of the latter in a byte, with an 8-bit scale for each block. */
final class BlockCodec implements Codec {
    /** Rows that ComfyUI pads 4-bit weights to; those that need it are left to it. */
    private static final int COMFY_ROWS_E2M1 = 16;
    private static final int COMFY_ROWS_E4M3 = 32;

    private static final int CODE_OF_3 = 5;
    private static final int CODE_OF_4 = 6;

    private final Encoding.Blocked encoding;
    private final Blocks blocks;
    private final long[] shape;
    private final DType computeType;
    private final Layout layout;
    private final Tiles tiles;

    private BlockCodec(Encoding.Blocked encoding, long[] shape, DType computeType, Layout layout) {
        this.encoding = encoding;
        this.blocks = encoding.blocks();
        this.shape = shape.clone();
        this.computeType = computeType;
        this.layout = layout;
        long last = shape[shape.length - 1];
        long rows = 1;
        for (int i = 0; i < shape.length - 1; i++) {
            rows *= shape[i];
        }
        this.tiles = new Tiles(rows, last / blocks.size(), layout == Layout.COMFYUI);
    }

    static Optional<Codec> of(Encoding.Blocked encoding, long[] shape, DType computeType, Layout layout) {
        Blocks blocks = encoding.blocks();
        boolean fits = shape.length >= 2 && shape[shape.length - 1] > 0 && shape[shape.length - 1] % blocks.size() == 0
            && (blocks.element() != Blocks.Element.E2M1 || blocks.size() % 2 == 0)
            && encoding.tensorScale() > 0 && !Float.isInfinite(encoding.tensorScale()) && encoding.valueType().isCompute();
        boolean readable = layout == Layout.MODEL_OPTIMIZER || shape.length == 2 && (
            blocks.equals(new Blocks(Blocks.Element.E2M1, 16, Blocks.Scale.E4M3)) && shape[0] % COMFY_ROWS_E2M1 == 0
            || blocks.equals(new Blocks(Blocks.Element.E4M3, 32, Blocks.Scale.E8M0)) && shape[0] % COMFY_ROWS_E4M3 == 0);
        return fits && readable ? Optional.of(new BlockCodec(encoding, shape, computeType, layout)) : Optional.empty();
    }

    private boolean isPacked() {
        return blocks.element() == Blocks.Element.E2M1;
    }

    private boolean hasTensorScale() {
        return blocks.scale() == Blocks.Scale.E4M3;
    }

    @Override
    public Map<String, Info> tensors() {
        Map<String, Info> tensors = new LinkedHashMap<>();
        long[] codes = shape.clone();
        codes[codes.length - 1] /= isPacked() ? 2 : 1;
        tensors.put(WEIGHT, new Info(isPacked() ? DType.UINT8 : DType.FLOAT8_E4M3, codes));
        long[] scales = tiles.shape();
        if (!tiles.tiled()) {
            scales = shape.clone();
            scales[scales.length - 1] /= blocks.size();
        }
        tensors.put(SCALE, new Info(hasTensorScale() ? DType.FLOAT8_E4M3 : DType.UINT8, scales));
        if (hasTensorScale()) {
            tensors.put(TENSOR_SCALE, new Info(DType.FLOAT32, new long[0]));
        }
        return tensors;
    }

    @Override
    public Info decoded() {
        return new Info(computeType, shape);
    }

    @Override
    public Optional<Map<String, ByteBuffer>> encode(TensorView weight) {
        Map<String, ByteBuffer> bytes = new LinkedHashMap<>();
        tensors().forEach((name, info) ->
            bytes.put(name, ByteBuffer.allocateDirect(Math.toIntExact(info.byteLength())).order(ByteOrder.LITTLE_ENDIAN)));
        ByteBuffer from = weight.bytes();
        ByteBuffer codeBytes = bytes.get(WEIGHT), scaleBytes = bytes.get(SCALE);
        boolean fits = IntStream.range(0, Math.toIntExact(tiles.rows())).parallel().allMatch(row -> {
            int size = blocks.size();
            float[] values = new float[size];
            byte[] codes = new byte[size];
            for (long column = 0; column < tiles.columns(); column++) {
                int start = start(row, column);
                for (int i = 0; i < size; i++) {
                    float value = Numbers.get(from, weight.dtype(), start + i);
                    values[i] = weight.dtype() == computeType ? value : Float16.rounded(value, computeType);
                }
                int scale = encode(values, codes);
                if (scale < 0 || !isKept(codes, scale, values)) {
                    return false;
                }
                for (int i = 0; i < size; i++) {
                    put(codeBytes, start + i, codes[i]);
                }
                scaleBytes.put(tiles.index(row, column), (byte) scale);
            }
            return true;
        });
        if (hasTensorScale()) {
            bytes.get(TENSOR_SCALE).putFloat(0, encoding.tensorScale());
        }
        return fits ? Optional.of(bytes) : Optional.empty();
    }

    private int start(long row, long column) {
        return Math.toIntExact((row * tiles.columns() + column) * blocks.size());
    }

    /** Whether the block that is read back is rounded to the same values again; scratch is overwritten. */
    private boolean isKept(byte[] codes, int scale, float[] scratch) {
        float[] once = decode(codes, (byte) scale, encoding.tensorScale());
        float[] read = restore(codes, (byte) scale, encoding.tensorScale());
        for (int i = 0; i < once.length; i++) {
            scratch[i] = Float16.rounded(read[i], computeType);
        }
        byte[] again = new byte[codes.length];
        int scaleAgain = encode(scratch, again);
        if (scaleAgain < 0) {
            return false;
        }
        if (scaleAgain == scale && Arrays.equals(codes, again)) {
            return true;
        }
        float[] twice = decode(again, (byte) scaleAgain, encoding.tensorScale());
        for (int i = 0; i < once.length; i++) {
            if (once[i] != twice[i]) {
                return false;
            }
        }
        return true;
    }

    /** The codes of one block; gives its scale's, or -1 if there is none. */
    private int encode(float[] values, byte[] codes) {
        float amax = 0;
        for (float value : values) {
            amax = Math.max(amax, Math.abs(value));
        }
        byte scale = blocks.scaleCode(amax, encoding.tensorScale());
        float step = blocks.step(scale, encoding.tensorScale());
        for (int i = 0; i < codes.length; i++) {
            codes[i] = blocks.element().code(values[i] / step);
        }
        return Float.isNaN(amax) || step == 0 ? -1 : scale & 0xff;
    }

    /** What {@code roundBlocks} gives. */
    private float[] decode(byte[] codes, byte scale, float tensorScale) {
        float[] values = new float[codes.length];
        float step = blocks.step(scale, tensorScale);
        for (int i = 0; i < codes.length; i++) {
            values[i] = Float16.rounded(blocks.element().value(codes[i]) * step, encoding.valueType());
        }
        return values;
    }

    /**
     * The block so that it is rounded to itself. With the two least scales, whose neighbours are far off, the largest element may
     * have been rounded down so far that its own scale would be the one below; it then stands for what lay above it. In units of
     * the scale, 3 of the least came from 3 to 3.5, and 4 of the next from 4.5 to 5.
     */
    private float[] restore(byte[] codes, byte scale, float tensorScale) {
        float[] values = decode(codes, scale, tensorScale);
        if (!isPacked() || !hasTensorScale() || scale != 1 && scale != 2) {
            return values;
        }
        int max = 0;
        for (byte code : codes) {
            max = Math.max(max, code & 7);
        }
        float lifted = scale == 1 && max == CODE_OF_3 ? 3.25f : scale == 2 && max == CODE_OF_4 ? 4.75f : blocks.element().value((byte) max);
        for (int i = 0; i < codes.length; i++) {
            if ((codes[i] & 7) == max) {
                values[i] = Math.copySign(lifted * blocks.step(scale, tensorScale), values[i]);
            }
        }
        return values;
    }

    private void put(ByteBuffer bytes, int i, byte code) {
        if (isPacked()) {
            int shift = high(i) ? 4 : 0;
            bytes.put(i / 2, (byte) (bytes.get(i / 2) | code << shift));
        } else {
            bytes.put(i, code);
        }
    }

    private byte get(ByteBuffer bytes, int i) {
        return isPacked() ? (byte) (bytes.get(i / 2) >> (high(i) ? 4 : 0) & 0xf) : bytes.get(i);
    }

    private boolean high(int i) {
        return (i % 2 == 1) == (layout == Layout.MODEL_OPTIMIZER);
    }

    @Override
    public TensorView decode(Function<String, TensorView> tensors) {
        ByteBuffer codes = tensors.apply(WEIGHT).bytes();
        ByteBuffer scales = tensors.apply(SCALE).bytes();
        float tensorScale = hasTensorScale() ? tensors.apply(TENSOR_SCALE).toFloats()[0] : 1;
        int bytes = Math.toIntExact(decoded().byteLength());
        ByteBuffer to = ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
        IntStream.range(0, Math.toIntExact(tiles.rows())).parallel().forEach(row -> {
            byte[] block = new byte[blocks.size()];
            for (long column = 0; column < tiles.columns(); column++) {
                int start = start(row, column);
                for (int i = 0; i < block.length; i++) {
                    block[i] = get(codes, start + i);
                }
                float[] values = restore(block, scales.get(tiles.index(row, column)), tensorScale);
                for (int i = 0; i < block.length; i++) {
                    Numbers.put(to, computeType, start + i, values[i]);
                }
            }
        });
        return TensorView.host(computeType, shape, to);
    }

    @Override
    public void describe(ObjectNode node) {
        node.put("codes", blocks.element().name()).put("block", blocks.size()).put("scale", blocks.scale().name());
        node.put("valueType", encoding.valueType().name()).put("layout", layout.name());
        var extents = node.putArray("shape");
        for (long extent : shape) {
            extents.add(extent);
        }
    }
}
