package io.halftone.torch.internal;

import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pass that a CUDA device does again by one call. The first run is the pass itself, which brings parameters and constants to the device; the second is
 * recorded. A pass that cannot be recorded, or whose parameters do not stay on the device, is run as it is. For one thread.
 */
final class RecordedPass implements EagerOps.Replay<Tensor> {
    private static final Logger LOG = LoggerFactory.getLogger(RecordedPass.class);
    /** A recording's memory serves nothing else as long as it is there. Where less than this part of the device's is free, others need it. */
    private static final int FREE_PART = 3;

    private final Place place;
    private final Residency residency;
    private final HostGate gate;
    private final UnaryOperator<List<Tensor>> pass;
    /** What the recording reads: its own, as their memory is part of it. */
    private List<Tensor> inputs = List.of();
    private CudaGraph graph;
    private boolean refused;
    private boolean ran;
    /** Parameters that had been let go of when a pass last ended. */
    private long ended;

    RecordedPass(Place place, Residency residency, HostGate gate, UnaryOperator<List<Tensor>> pass) {
        this.place = place;
        this.residency = residency;
        this.gate = gate;
        this.pass = pass;
    }

    @Override
    public List<Tensor> run(List<Tensor> given) {
        boolean moved = ran && ended != residency.ended();
        if (graph != null && moved) {
            refuse("parameters had to leave the device");
        }
        if (graph == null && ran && !refused && !moved) {
            record(given);
        }
        if (graph == null) {
            List<Tensor> results = pass.apply(given);
            ran = true;
            ended = residency.ended();
            return results;
        }
        expectForm(given);
        for (int i = 0; i < inputs.size(); i++) {
            inputs.get(i).copy_(given.get(i), true);
        }
        graph.launch();
        return graph.results().stream().map(Tensor::clone).toList();   // the next run writes over the recording's own
    }

    private void record(List<Tensor> given) {
        long[] freeAndAll = place.memory();
        if (FREE_PART * freeAndAll[0] < freeAndAll[1]) {
            refuse("found " + freeAndAll[0] + " bytes of the device free; expected a third of " + freeAndAll[1]);
            return;
        }
        gate.close(true);
        try (var lifetime = new Lifetime()) {
            inputs = given.stream().map(Tensor::clone).map(tensor -> (Tensor) tensor.retainReference()).toList();
            graph = CudaGraph.record(place, () -> pass.apply(inputs));
        } catch (RuntimeException e) {
            refuse(NativeError.in("recording", e).getMessage());
        } finally {
            gate.close(false);
        }
    }

    private void refuse(String reason) {
        LOG.info("a pass is not replayed: {}", reason);
        refused = true;
        close();
    }

    private void expectForm(List<Tensor> given) {
        if (!form(given).equals(form(inputs))) {
            throw new IllegalArgumentException("inputs of a recorded pass: found " + form(given) + "; expected " + form(inputs));
        }
    }

    private static List<String> form(List<Tensor> tensors) {
        return tensors.stream().map(tensor -> Types.of(tensor) + " " + Shape.of(HostMemory.sizes(tensor))).toList();
    }

    @Override
    public void close() {
        if (graph != null) {
            graph.release();
            graph = null;
        }
        inputs.forEach(Tensor::releaseReference);
        inputs = List.of();
    }
}
