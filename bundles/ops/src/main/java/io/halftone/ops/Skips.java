package io.halftone.ops;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The values that a UNet's way down leaves for its way up. A popped value belongs to the region that pops it, so that it
 * does not live to the end of the pass.
 *
 * @param <T> a value
 */
public final class Skips<T> {
    private final Ops<T> ops;
    private final Deque<T> values = new ArrayDeque<>();

    public Skips(Ops<T> ops) {
        this.ops = ops;
    }

    public void push(T value) {
        values.push(value);
    }

    /** The value pushed last, handed to the current region; throws {@link IllegalStateException} if there is none. */
    public T pop() {
        peek();
        return ops.adopt(values.pop());
    }

    /** The value pushed last, left where it is; throws {@link IllegalStateException} if there is none. */
    public T peek() {
        if (values.isEmpty()) {
            throw new IllegalStateException("skip connections: found none left; expected one for each block on the way up");
        }
        return values.peek();
    }

    public boolean isEmpty() {
        return values.isEmpty();
    }
}
