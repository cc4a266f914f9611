package io.halftone.onnx.internal;

import io.halftone.export.ExportException;
import io.halftone.ops.Blocks;
import io.halftone.ops.DType;

/**
 * Elements in blocks: their codes, or the codes of the blocks' scales.
 *
 * @param parameter   what messages call it
 * @param stored      the parameter's type
 * @param compute     what the model computes in: elements are rounded to it first
 * @param tensorScale what block scales are multiples of; not used where they are powers of two
 * @param scales      whether the scales are made, and not the codes
 */
record ToBlocks(String parameter, DType stored, DType compute, Blocks blocks, float tensorScale, boolean scales) implements Recoding {
    private static final int CHUNK = 1 << 12;

    private boolean isPacked() {
        return blocks.element() == Blocks.Element.E2M1;
    }

    /** Blocks, and whole bytes. */
    @Override
    public int group() {
        return !scales && isPacked() && blocks.size() % 2 != 0 ? 2 * blocks.size() : blocks.size();
    }

    @Override
    public int groupBytes() {
        return scales ? 1 : isPacked() ? group() / 2 : group();
    }

    @Override
    public void make(Scratch scratch, byte[] bytes, int from, long first, int count, byte[] made, int to) {
        int chunk = Math.max(1, CHUNK / group()) * group();
        float[] values = scratch.values(chunk);
        int at = to;
        for (int done = 0; done < count; done += chunk) {
            int n = Math.min(chunk, count - done);
            Elements.decode(bytes, from + done * stored.bytes(), stored, values, n);
            if (stored != compute) {
                Elements.round(values, n, compute);
            }
            for (int i = 0; i < n; i++) {
                if (!Float.isFinite(values[i])) {
                    throw new ExportException(parameter + ": found a weight of " + values[i] + "; expected finite ones");
                }
            }
            BlockEncoding encoding = BlockEncoding.of(values, n, blocks, tensorScale);
            byte[] all = scales ? encoding.scales() : isPacked() ? BlockEncoding.packed(encoding.elements()) : encoding.elements();
            System.arraycopy(all, 0, made, at, all.length);
            at += all.length;
        }
    }
}
