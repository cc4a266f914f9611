package io.halftone.tensorrt.internal;

import io.halftone.export.EngineException;
import io.halftone.ops.DType;
import io.halftone.ops.TensorView;
import io.halftone.ops.Values;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The inputs of an engine, and the check of what is bound to them.
 *
 * @param types   by name, in the engine's order
 * @param profile the shapes that it takes
 * @param device  the GPU that it runs on
 */
record Ports(Map<String, DType> types, Profile profile, int device) {
    Ports {
        types = Collections.unmodifiableMap(new LinkedHashMap<>(types));
        if (!types.keySet().equals(profile.inputs().keySet())) {
            throw new EngineException("inputs: found " + types.keySet() + "; expected " + profile.inputs().keySet()
                + ", which the engine's description has");
        }
    }

    /** Refuses what does not fit: names, types, the device, extents. */
    void verify(Values<TensorView> inputs) {
        if (!inputs.names().equals(types.keySet())) {
            throw new EngineException("inputs: found " + inputs.names() + "; expected " + types.keySet());
        }
        types.forEach((name, type) -> {
            TensorView view = inputs.get(name);
            Profile.Window window = profile.inputs().get(name);
            boolean reachable = view.isHost() || view.device() == device;
            if (view.dtype() != type || !window.takes(view.shape()) || !reachable) {
                throw new EngineException("input " + name + ": found " + view + "; expected " + type + " [" + window + "] on the host or device "
                    + device);
            }
        });
    }
}
