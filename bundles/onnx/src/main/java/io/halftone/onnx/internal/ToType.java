package io.halftone.onnx.internal;

import io.halftone.ops.DType;

/**
 * Elements rounded to the compute type, in a type of floats.
 *
 * @param stored  the parameter's type
 * @param compute what the model computes in
 * @param target  what they are stored in
 */
record ToType(DType stored, DType compute, DType target) implements Recoding {
    private static final int CHUNK = 1 << 12;

    @Override
    public int group() {
        return 1;
    }

    @Override
    public int groupBytes() {
        return target.bytes();
    }

    @Override
    public boolean isIdentity() {
        return stored == compute && compute == target;
    }

    @Override
    public void make(Scratch scratch, byte[] bytes, int from, long first, int count, byte[] made, int to) {
        float[] values = scratch.values(CHUNK);
        for (int done = 0; done < count; done += CHUNK) {
            int n = Math.min(CHUNK, count - done);
            Elements.decode(bytes, from + done * stored.bytes(), stored, values, n);
            if (stored != compute && compute != target) {
                Elements.round(values, n, compute);
            }
            Elements.encode(values, n, target, made, to + done * target.bytes());
        }
    }
}
