package io.halftone.torch.internal;

import io.halftone.ops.CheckpointException;
import io.halftone.ops.DType;
import io.halftone.ops.Parameters;
import io.halftone.ops.Shape;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** The parameters that have been asked for, in the type computed in: read and cast once, kept outside of regions. */
final class ParameterStore {
    private final Parameters parameters;
    private final DType computeType;
    private final Place place;
    private final Map<String, Tensor> resident = new HashMap<>();

    ParameterStore(Parameters parameters, DType computeType, Place place) {
        this.parameters = parameters;
        this.computeType = computeType;
        this.place = place;
    }

    Tensor parameter(String name, Shape shape) {
        Parameters.Info info = parameters.info(name);
        if (!Arrays.equals(info.shape(), shape.sizes())) {
            throw new CheckpointException(name + ": found " + info + "; expected " + shape);
        }
        return resident.computeIfAbsent(name, this::read);
    }

    private Tensor read(String name) {
        try (var reading = new Lifetime()) {
            Tensor stored = place.load(parameters.read(name));
            Tensor tensor = Types.of(stored) == computeType ? stored : stored.to(Types.of(computeType));
            return tensor.retainReference();
        }
    }

    void release() {
        resident.values().forEach(Tensor::releaseReference);
        resident.clear();
    }
}
