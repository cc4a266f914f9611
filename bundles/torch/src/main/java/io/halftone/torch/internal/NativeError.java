package io.halftone.torch.internal;

/** What libtorch throws: a plain exception from a native method, whose message goes on with a stack of native frames. */
final class NativeError {
    private NativeError() {}

    /** The exception to throw instead: with the place and the message's first line; others are returned as they are. */
    static RuntimeException in(String where, RuntimeException e) {
        if (e.getClass() != RuntimeException.class || !isNative(e.getStackTrace())) {
            return e;
        }
        return new IllegalStateException(where + ": " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""), e);
    }

    private static boolean isNative(StackTraceElement[] trace) {
        return trace.length > 0 && trace[0].isNativeMethod();
    }
}
