package io.halftone.core.internal.pin.part;

import io.halftone.ops.DType;

/** Exported by a bundle that plugins share. */
public final class Part {
    private Part() {}

    /** By a class that nothing else names. */
    public static String words() {
        return Inner.words(DType.FLOAT16);
    }

    private static final class Inner {
        static String words(DType type) {
            return "part " + type;
        }
    }
}
