package io.halftone.torch.internal;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** A scope that knows what it holds, so that a value can move to another before this one closes. For one thread. */
final class Lifetime extends PointerScope {
    private final Set<Pointer> held = Collections.newSetFromMap(new IdentityHashMap<>());

    /** The innermost one of this thread; throws {@link IllegalStateException} outside of a task. */
    static Lifetime innermost() {
        if (PointerScope.getInnerScope() instanceof Lifetime lifetime) {
            return lifetime;
        }
        throw new IllegalStateException("thread " + Thread.currentThread().getName() + ": found no task; expected one to run");
    }

    /** The one that holds the tensor; none for parameters and the values of cells, once their maker's lifetime is over. */
    static Optional<Lifetime> of(Tensor tensor) {
        Iterator<PointerScope> scopes = PointerScope.getScopeIterator();
        while (scopes.hasNext()) {
            if (scopes.next() instanceof Lifetime lifetime && lifetime.held.contains(tensor)) {
                return Optional.of(lifetime);
            }
        }
        return Optional.empty();
    }

    @Override
    public PointerScope attach(Pointer pointer) {
        if (held.add(pointer)) {
            super.attach(pointer);
        }
        return this;
    }

    @Override
    public PointerScope detach(Pointer pointer) {
        if (held.remove(pointer)) {
            super.detach(pointer);
        }
        return this;
    }

    /** Hands the tensor to another lifetime; does nothing with one that this does not hold. */
    void move(Tensor tensor, Lifetime to) {
        if (to != this && held.contains(tensor)) {
            to.attach(tensor);
            detach(tensor);
        }
    }
}
