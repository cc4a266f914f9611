package io.halftone.torch.internal;

import io.halftone.ops.DType;
import io.halftone.ops.Device;
import io.halftone.ops.EagerOps;
import io.halftone.ops.EagerRuntime;
import io.halftone.ops.Generator;
import io.halftone.ops.Parameters;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/** What one task works with. Releases at its end what lives outside of regions: parameters, constants, cells, generators. */
final class TorchContext implements EagerRuntime.Context<Tensor>, AutoCloseable {
    private final Place place;
    private final Residency residency;
    private final Arguments arguments = new Arguments(Lifetime.innermost());
    private final HostGate gate = new HostGate();
    private final Constants constants = new Constants(gate);
    private final boolean graphs;
    private final Deque<Runnable> releases = new ArrayDeque<>();
    private final List<RecordedPass> recorded = new ArrayList<>();
    /** Cells that hold a tensor now; the others need no release. */
    private final Set<TensorCell> filled = Collections.newSetFromMap(new IdentityHashMap<>());

    /**
     * @param graphs whether passes may be recorded, where the place can
     */
    TorchContext(Place place, Residency residency, boolean graphs) {
        this.place = place;
        this.residency = residency;
        this.graphs = graphs;
        residency.yieldingFirst(this::releaseRecordings);
    }

    Residency residency() {
        return residency;
    }

    Place place() {
        return place;
    }

    Arguments arguments() {
        return arguments;
    }

    Constants constants() {
        return constants;
    }

    @Override
    public EagerOps<Tensor> ops(Parameters parameters, DType computeType) {
        if (!computeType.isCompute()) {
            throw new IllegalArgumentException("compute type: found " + computeType + "; expected FLOAT32, FLOAT16 or BFLOAT16");
        }
        var store = new ParameterStore(parameters, computeType, residency, gate);
        atEnd(store::release);
        return new TorchOps(this, store, computeType);
    }

    @Override
    public Generator<Tensor> generator(long seed) {
        var generator = new TorchGenerator(seed, place, gate);
        atEnd(generator::release);
        return generator;
    }

    @Override
    public Device device() {
        return place.device();
    }

    /** What comes from the host passes it. */
    HostGate gate() {
        return gate;
    }

    boolean isRecording() {
        return graphs && !place.isHost() && Recorder.THERE;
    }

    /** Runs a pass again and again, recorded where that can be. */
    EagerOps.Replay<Tensor> replay(UnaryOperator<List<Tensor>> pass) {
        if (!isRecording()) {
            return pass::apply;
        }
        var made = new RecordedPass(body -> CudaGraph.record(place, body), residency, gate, pass);
        recorded.add(made);
        return made;
    }

    /** Gives the memory of all recordings to others; returns false if there is none. */
    boolean releaseRecordings() {
        boolean released = false;
        for (RecordedPass pass : recorded) {
            released |= pass.giveWay();
        }
        return released;
    }

    /** Has something released at the end of the task, the last first. */
    void atEnd(Runnable release) {
        releases.push(release);
    }

    EagerOps.Cell<Tensor> cell() {
        return new TensorCell(filled);
    }

    /** Releases all; what fails, as on a device that has failed, is thrown once the rest is released. */
    @Override
    public void close() {
        List.copyOf(filled).forEach(TensorCell::close);
        recorded.forEach(pass -> atEnd(pass::close));
        RuntimeException failure = null;
        while (!releases.isEmpty()) {
            try {
                releases.pop().run();
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        constants.release();
        if (failure != null) {
            throw failure;
        }
    }
}
