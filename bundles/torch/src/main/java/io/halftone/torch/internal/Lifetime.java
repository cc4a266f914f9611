package io.halftone.torch.internal;

import java.util.Arrays;
import java.util.Iterator;
import java.util.Optional;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * A scope that knows what it holds, so that a value can move to another before this one closes. For one thread. What it holds stands in an array: a
 * region makes some dozen values and is asked for few of them, so that looking through costs less than hashing each would.
 */
final class Lifetime extends PointerScope {
    private static final int USUAL = 32;

    private Pointer[] held = new Pointer[USUAL];
    private int count;

    /** The innermost one of this thread; throws {@link IllegalStateException} outside of a task. */
    static Lifetime innermost() {
        if (PointerScope.getInnerScope() instanceof Lifetime lifetime) {
            return lifetime;
        }
        throw new IllegalStateException("thread " + Thread.currentThread().getName() + ": found no task; expected one to run");
    }

    /** The one that holds the tensor; none for parameters, constants and the values of cells, once their maker's lifetime is over. */
    static Optional<Lifetime> of(Tensor tensor) {
        Iterator<PointerScope> scopes = PointerScope.getScopeIterator();
        while (scopes.hasNext()) {
            if (scopes.next() instanceof Lifetime lifetime && lifetime.place(tensor) >= 0) {
                return Optional.of(lifetime);
            }
        }
        return Optional.empty();
    }

    @Override
    public PointerScope attach(Pointer pointer) {
        if (count == held.length) {
            held = Arrays.copyOf(held, 2 * count);
        }
        held[count++] = pointer.retainReference();
        return this;
    }

    @Override
    public PointerScope detach(Pointer pointer) {
        int place = place(pointer);
        if (place >= 0) {
            held[place] = held[--count];
            held[count] = null;
            pointer.releaseReference();
        }
        return this;
    }

    /** Hands the pointer to another lifetime; does nothing with one that this does not hold. */
    void move(Pointer pointer, Lifetime to) {
        if (to != this && place(pointer) >= 0) {
            to.attach(pointer);
            detach(pointer);
        }
    }

    /** The last ones first: they are asked for most. */
    private int place(Pointer pointer) {
        int place = count - 1;
        while (place >= 0 && held[place] != pointer) {
            place--;
        }
        return place;
    }

    @Override
    public void close() {
        while (count > 0) {
            Pointer last = held[--count];
            held[count] = null;
            last.releaseReference();
        }
        super.close();
    }
}
