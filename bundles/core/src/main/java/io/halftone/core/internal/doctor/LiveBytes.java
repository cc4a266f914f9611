package io.halftone.core.internal.doctor;

import io.halftone.ops.Ops;
import io.halftone.ops.TensorView;
import io.halftone.ops.shape.Meta;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;

/**
 * The most bytes that the values of a pass take at once, where each operation makes a new value, views make none, and a region
 * releases what it does not return: as on libtorch. What a library needs within an operation is not counted.
 */
final class LiveBytes implements InvocationHandler {
    private static final Set<String> VIEWS = Set.of("reshape", "permute", "slice", "expand", "parameter");

    private final Ops<Meta> target;
    private long live;
    private long adopted;
    private long most;

    /** Over shapes that are numbers. */
    LiveBytes(Ops<Meta> target) {
        this.target = target;
    }

    /** Operations that are counted. */
    @SuppressWarnings("unchecked")
    Ops<Meta> ops() {
        return (Ops<Meta>) Proxy.newProxyInstance(LiveBytes.class.getClassLoader(), new Class<?>[] {Ops.class}, this);
    }

    /** The most so far. */
    long most() {
        return most;
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        boolean region = method.getName().equals("region");
        long before = live;
        long adoptedBefore = adopted;
        adopted = region ? 0 : adopted;
        Object result;
        try {
            result = method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
        if (region) {
            // what an outer region had made and this one took over is released with it
            live = before - adopted;
            adopted = adoptedBefore;
            ((List<?>) result).forEach(value -> add((Meta) value));
        } else if (method.getName().equals("adopt")) {
            adopted += bytes((Meta) result);
        } else if (result instanceof Meta value && !VIEWS.contains(method.getName())) {
            add(value);
        }
        return result;
    }

    private void add(Meta value) {
        live += bytes(value);
        most = Math.max(most, live);
    }

    private static long bytes(Meta value) {
        return TensorView.byteLength(value.dtype(), value.shape().sizes());
    }
}
