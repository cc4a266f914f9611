package io.halftone.torch.internal;

import io.halftone.ops.DType;
import io.halftone.ops.Shape;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/**
 * Constants that have been asked for, kept outside of regions: a pass asks for the same ones again, and bringing one to a device waits for the device.
 * Nothing changes a tensor in place, so that all may share it. For one thread.
 */
final class Constants {
    private static final int KEPT = 4096;
    /** Elements of one that is kept. */
    private static final int LARGEST = 4096;

    private final Map<Object, Tensor> known = new HashMap<>();
    private final HostGate gate;

    private record Number(double value, DType type) {}

    private record Numbers(float[] values, Shape shape, DType type) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Numbers n && type == n.type && shape.equals(n.shape) && Arrays.equals(values, n.values);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(values);
        }
    }

    Constants(HostGate gate) {
        this.gate = gate;
    }

    Tensor get(double value, DType type, Supplier<Tensor> make) {
        return get(new Number(value, type), make);
    }

    Tensor get(float[] values, Shape shape, DType type, Supplier<Tensor> make) {
        if (values.length > LARGEST) {
            gate.enter("a constant of " + shape);
            return make.get();
        }
        return get(new Numbers(values.clone(), shape, type), make);
    }

    private Tensor get(Object key, Supplier<Tensor> make) {
        Tensor tensor = known.get(key);
        if (tensor != null) {
            return tensor;
        }
        gate.enter("a constant");
        Tensor made = make.get();
        if (known.size() < KEPT) {
            made.retainReference();   // beside the lifetime it was made in
            known.put(key, made);
        }
        return made;
    }

    void release() {
        known.values().forEach(Tensor::releaseReference);
        known.clear();
    }
}
