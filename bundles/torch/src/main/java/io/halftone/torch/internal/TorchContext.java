package io.halftone.torch.internal;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.EagerRuntime;
import io.halftone.ops.Generator;
import io.halftone.ops.Parameters;
import java.util.ArrayDeque;
import java.util.Deque;
import org.bytedeco.pytorch.Tensor;

/** What one task works with. Releases at its end what lives outside of regions: parameters, cells, generators. */
final class TorchContext implements EagerRuntime.Context<Tensor>, AutoCloseable {
    private final Deque<Runnable> releases = new ArrayDeque<>();

    @Override
    public EagerOps<Tensor> ops(Parameters parameters, DType computeType) {
        if (!computeType.isCompute()) {
            throw new IllegalArgumentException("compute type: found " + computeType + "; expected FLOAT32, FLOAT16 or BFLOAT16");
        }
        var store = new ParameterStore(parameters, computeType);
        releases.push(store::release);
        return new TorchOps(this, store, computeType);
    }

    @Override
    public Generator<Tensor> generator(long seed) {
        var generator = new TorchGenerator(seed);
        releases.push(generator::release);
        return generator;
    }

    EagerOps.Cell<Tensor> cell() {
        var cell = new TensorCell();
        releases.push(cell::close);
        return cell;
    }

    @Override
    public void close() {
        while (!releases.isEmpty()) {
            releases.pop().run();
        }
    }
}
