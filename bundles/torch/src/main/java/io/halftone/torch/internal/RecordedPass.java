package io.halftone.torch.internal;

import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pass that a device does again by one call. The first run is the pass itself, which brings parameters and constants to the device; the second is
 * recorded. A pass that cannot be recorded, or whose parameters do not stay on the device, is run as it is. For one thread.
 */
final class RecordedPass implements EagerOps.Replay<Tensor> {
    private static final Logger LOG = LoggerFactory.getLogger(RecordedPass.class);

    private final Recording.Maker device;
    private final Residency residency;
    private final HostGate gate;
    private final UnaryOperator<List<Tensor>> pass;
    /** What the recording reads: its own, as their memory is part of it. */
    private List<Tensor> inputs = List.of();
    private Recording recording;
    private boolean refused;
    private boolean ran;
    /** Parameters that had been let go of when a pass last ended. */
    private long ended;

    RecordedPass(Recording.Maker device, Residency residency, HostGate gate, UnaryOperator<List<Tensor>> pass) {
        this.device = device;
        this.residency = residency;
        this.gate = gate;
        this.pass = pass;
    }

    @Override
    public List<Tensor> run(List<Tensor> given) {
        boolean moved = ran && ended != residency.ended();
        if (recording != null && moved) {
            refuse("parameters had to leave the device");
        }
        if (recording == null && ran && !refused && !moved) {
            record(given);
        }
        if (recording != null && launch(given)) {
            return recording.results().stream().map(Tensor::clone).toList();   // the next run writes over the recording's own
        }
        List<Tensor> results = pass.apply(given);
        ran = true;
        ended = residency.ended();
        return results;
    }

    private void record(List<Tensor> given) {
        gate.close(true);
        try (var lifetime = new Lifetime()) {
            List<Tensor> own = given.stream().map(Tensor::clone).toList();
            own.forEach(Tensor::retainReference);
            inputs = own;
            recording = device.record(() -> pass.apply(own));
        } catch (RuntimeException e) {
            refuse(NativeError.in("recording", e).getMessage());
        } finally {
            gate.close(false);
        }
    }

    /** Whether the device took it; a graph's first launch may find no memory for what CUDA keeps of it. */
    private boolean launch(List<Tensor> given) {
        expectForm(given);
        for (int i = 0; i < inputs.size(); i++) {
            inputs.get(i).copy_(given.get(i), true);
        }
        try {
            recording.launch();
            return true;
        } catch (IllegalStateException e) {
            refuse(e.getMessage());
            return false;
        }
    }

    private void refuse(String reason) {
        LOG.info("a pass is not replayed: {}", reason);
        refused = true;
        close();
    }

    /** Gives a recording's memory to others, for good; returns false if there is none. */
    boolean giveWay() {
        if (recording == null) {
            return false;
        }
        refuse("other work needs the memory of its recording");
        return true;
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
        Recording its = recording;
        recording = null;
        inputs.forEach(Tensor::releaseReference);
        inputs = List.of();
        if (its != null) {
            its.release();
        }
    }
}
