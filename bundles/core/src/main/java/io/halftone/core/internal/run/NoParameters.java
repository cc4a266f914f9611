package io.halftone.core.internal.run;

import io.halftone.ops.CheckpointException;
import io.halftone.ops.Parameters;
import io.halftone.ops.TensorView;
import java.util.Set;

/** The checkpoint of arithmetic that has no weights. */
final class NoParameters implements Parameters {
    @Override
    public Set<String> names() {
        return Set.of();
    }

    @Override
    public Info info(String name) {
        throw new CheckpointException(name + ": found no checkpoint; expected arithmetic without weights");
    }

    @Override
    public TensorView read(String name) {
        throw new CheckpointException(name + ": found no checkpoint; expected arithmetic without weights");
    }
}
