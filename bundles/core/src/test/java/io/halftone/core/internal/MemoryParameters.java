package io.halftone.core.internal;

import io.halftone.ops.CheckpointException;
import io.halftone.ops.Parameters;
import io.halftone.ops.TensorView;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A checkpoint in memory. */
public final class MemoryParameters implements Parameters {
    private final TreeMap<String, TensorView> tensors = new TreeMap<>();

    public MemoryParameters(Map<String, TensorView> tensors) {
        this.tensors.putAll(tensors);
    }

    @Override
    public Set<String> names() {
        return tensors.keySet();
    }

    @Override
    public Info info(String name) {
        TensorView view = read(name);
        return new Info(view.dtype(), view.shape());
    }

    @Override
    public TensorView read(String name) {
        TensorView view = tensors.get(name);
        if (view == null) {
            throw new CheckpointException(name + ": found none; expected one of " + tensors.keySet());
        }
        return view;
    }
}
