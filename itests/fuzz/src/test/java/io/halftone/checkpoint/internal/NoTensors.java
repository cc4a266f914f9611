package io.halftone.checkpoint.internal;

import io.halftone.ops.Parameters;
import io.halftone.ops.TensorView;
import java.util.Set;

/** A file without tensors. */
final class NoTensors implements Parameters {
    @Override
    public Set<String> names() {
        return Set.of();
    }

    @Override
    public Info info(String name) {
        throw new AssertionError("found a question for " + name + "; expected one for what is there");
    }

    @Override
    public TensorView read(String name) {
        throw new AssertionError("found a question for " + name + "; expected one for what is there");
    }
}
