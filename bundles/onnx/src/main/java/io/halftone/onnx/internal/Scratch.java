package io.halftone.onnx.internal;

import java.nio.ByteBuffer;

/** Arrays of one thread, used again for each piece of work: what they hold is gone with the next call for the same one. */
final class Scratch {
    private ByteBuffer stored = ByteBuffer.allocate(0);
    private byte[] made = {};
    private float[] values = {};

    /** For so many bytes as a parameter has them; with an array, and from its start on. */
    ByteBuffer stored(int bytes) {
        if (stored.capacity() < bytes) {
            stored = ByteBuffer.allocate(bytes);
        }
        return stored.clear().limit(bytes);
    }

    /** For so many bytes, or more, on their way to where they go. */
    byte[] made(int bytes) {
        if (made.length < bytes) {
            made = new byte[bytes];
        }
        return made;
    }

    /** For so many values, or more. */
    float[] values(int count) {
        if (values.length < count) {
            values = new float[count];
        }
        return values;
    }
}
