package io.halftone.core.internal;

import io.halftone.ops.Device;
import io.halftone.ops.DeviceException;
import io.halftone.ops.EagerRuntime;

/** Stands where there is no runtime: what needs tensors is refused, and all else goes on. */
public final class MissingRuntime implements EagerRuntime {
    /** The only one. */
    public static final MissingRuntime INSTANCE = new MissingRuntime();
    /** What messages and lists of plugins call a runtime. */
    public static final String KIND = "runtime";
    /** What would be right. */
    public static final String EXPECTED = "the bundle io.halftone.torch, which the feature halftone-torch brings";
    /** Why work with tensors is refused. */
    public static final String REFUSAL = KIND + ": found none; expected " + EXPECTED;

    private MissingRuntime() {}

    /** Whether there is none behind that runtime now. */
    public static boolean is(EagerRuntime runtime) {
        return FollowedRuntime.taken(runtime) == INSTANCE;
    }

    @Override
    public <R> R run(Task<R> task) {
        throw new DeviceException(REFUSAL);
    }

    @Override
    public <R> R run(int threads, Task<R> task) {
        throw new DeviceException(REFUSAL);
    }

    /** Itself, as work without tensors takes a runtime too; it has no device by name. */
    @Override
    public EagerRuntime on(String device) {
        if (!device.isEmpty()) {
            throw new IllegalArgumentException(REFUSAL);
        }
        return this;
    }

    @Override
    public Device device() {
        throw new DeviceException(REFUSAL);
    }

    @Override
    public String description() {
        return "no runtime";
    }
}
