package io.halftone.torch.internal;

import io.halftone.ops.CheckpointException;
import io.halftone.ops.DType;
import io.halftone.ops.Parameters;
import io.halftone.ops.Shape;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * The parameters that have been asked for, in the type computed in, kept outside of regions. Each is read and cast once, as long as
 * {@link Residency} keeps it.
 */
final class ParameterStore {
    private final Parameters parameters;
    private final DType computeType;
    private final Residency residency;
    private final HostGate gate;
    private final Map<String, Residency.Resident> resident = new HashMap<>();
    /** Names of those that were here and had to go. */
    private final Set<String> again = new HashSet<>();
    /** Some of these as they were read, where a CUDA device copies from without waiting. */
    private final Map<String, Tensor> pinned = new HashMap<>();
    private long lastUse;

    ParameterStore(Parameters parameters, DType computeType, Residency residency, HostGate gate) {
        this.parameters = parameters;
        this.computeType = computeType;
        this.residency = residency;
        this.gate = gate;
    }

    Tensor parameter(String name, Shape shape) {
        residency.begin(this);
        Residency.Resident found = resident.get(name);
        if (found == null || !found.shape().equals(shape)) {
            Parameters.Info info = parameters.info(name);
            if (!Arrays.equals(info.shape(), shape.sizes())) {
                throw new CheckpointException(name + ": found " + info + "; expected " + shape);
            }
            if (found == null) {
                gate.enter("the parameter " + name);
                found = residency.bring(this, name, shape, bytes(info), () -> read(name));
                resident.put(name, found);
            }
        }
        return residency.use(found);
    }

    private Tensor read(String name) {
        Place place = residency.place();
        try (var reading = new Lifetime()) {
            Tensor host = pinned.get(name);
            if (host == null && again.contains(name) && residency.pins(parameters.info(name).byteLength())) {
                host = HostMemory.load(parameters.read(name)).pin_memory();
                host.retainReference();
                pinned.put(name, host);
                residency.pinned(host.nbytes());
            }
            Tensor stored = host == null ? place.load(parameters.read(name)) : place.bring(host);
            Tensor tensor = Types.of(stored) == computeType ? stored : stored.to(Types.of(computeType));
            return tensor.retainReference();
        }
    }

    /** Bytes of all parameters in the type computed in. */
    long bytes() {
        return parameters.names().stream().mapToLong(name -> bytes(parameters.info(name))).sum();
    }

    private long bytes(Parameters.Info info) {
        return info.byteLength() / info.dtype().bytes() * computeType.bytes();
    }

    /** When a parameter was last asked for, by {@link Residency}'s count. */
    long lastUse() {
        return lastUse;
    }

    void used(long count) {
        lastUse = count;
    }

    /** Drops one that {@link Residency} does not keep. */
    void forget(String name) {
        resident.remove(name);
        again.add(name);
    }

    void release() {
        resident.values().forEach(residency::end);
        resident.clear();
        pinned.values().forEach(tensor -> {
            residency.pinned(-tensor.nbytes());
            tensor.releaseReference();
        });
        pinned.clear();
    }
}
