package io.halftone.torch.internal;

import io.halftone.ops.Device;
import io.halftone.ops.DeviceException;
import io.halftone.ops.EagerRuntime;
import java.io.IOException;
import java.util.stream.Stream;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.LongVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.SDPBackend;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tensors of libtorch, on the CPU or a CUDA device, with settings that stay as they are. The library is loaded by the first task, so that
 * work without tensors never pays for it.
 */
public final class TorchRuntime implements EagerRuntime {

    @ObjectClassDefinition(name = "libtorch", description = "How models are computed")
    public @interface Settings {
        @AttributeDefinition(name = "Threads", required = false, description = "Threads of one operation; 0: one for each processor")
        int threads() default 0;

        @AttributeDefinition(name = "Device", required = false, description = "What models are computed on where no --device is given: cpu, "
            + "cuda, cuda:1 ..., or auto, a CUDA device if there is one")
        String device() default Place.AUTO;

        @AttributeDefinition(name = "Resident weights", required = false, description = "Weights that stay on the device, MiB; the others are "
            + "brought whenever they are needed. 0: all, as long as they leave an eighth of a CUDA device's memory free")
        int residentWeights() default 0;

        @AttributeDefinition(name = "CUDA graphs", required = false, description = "Whether passes that a CUDA device runs again and again are "
            + "recorded and replayed as a whole")
        boolean graphs() default true;
    }

    /** The settings of a runtime on the CPU, for those who make one by hand. */
    public @interface Config {
        /** Threads of one operation; 0: one for each processor. */
        int threads() default 0;
    }

    private static final String CPU = "cpu";
    /** Kernels of attention, best first: cuDNN's (half of flash attention's time on a Hopper GPU), flash, memory efficient, plain, none. */
    private static final long[] ATTENTION = Stream.of(SDPBackend.cudnn_attention, SDPBackend.flash_attention, SDPBackend.efficient_attention,
        SDPBackend.math, SDPBackend.overrideable).mapToLong(backend -> backend.value).toArray();
    private static final int MIB = 20;   // as a power of two
    private static final Logger LOG = LoggerFactory.getLogger(TorchRuntime.class);

    private final int threads;
    private final String device;
    private final long residentBytes;
    private final boolean graphs;
    private volatile Place place;

    /**
     * With these settings.
     *
     * @throws IllegalArgumentException if one of them is out of its range
     */
    public TorchRuntime(Settings settings) {
        this(settings.threads(), settings.device(), settings.residentWeights(), settings.graphs());
    }

    /** On the CPU. */
    public TorchRuntime(Config config) {
        this(config.threads(), CPU, 0, true);
    }

    TorchRuntime(int threads, String device, int residentWeights, boolean graphs) {
        this(threads == 0 ? Runtime.getRuntime().availableProcessors() : threads, device, (long) residentWeights << MIB, graphs);
        if (threads < 0) {
            throw new IllegalArgumentException("threads: found " + threads + "; expected >= 0");
        }
        if (residentWeights < 0) {
            throw new IllegalArgumentException("residentWeights: found " + residentWeights + "; expected >= 0 MiB");
        }
    }

    private TorchRuntime(int threads, String device, long residentBytes, boolean graphs) {
        Place.check(device);
        this.device = device;
        this.threads = threads;
        this.residentBytes = residentBytes;
        this.graphs = graphs;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if libtorch cannot be loaded, or fails: with the first line of what it says
     * @throws DeviceException       if the device is not there, or its memory is too small
     */
    @Override
    public <R> R run(Task<R> task) throws IOException {
        return run(threads, task);
    }

    @Override
    public <R> R run(int threadsOfOperation, Task<R> task) throws IOException {
        if (threadsOfOperation < 1) {
            throw new IllegalArgumentException("threads: found " + threadsOfOperation + "; expected >= 1");
        }
        Place here = place();
        torch.set_num_threads(threadsOfOperation);   // of the calling thread
        try (var inference = new InferenceMode(); var lifetime = new Lifetime();
             var context = new TorchContext(here, new Residency(here, residentBytes), graphs)) {
            return task.run(context);
        } catch (RuntimeException e) {
            throw NativeError.in("libtorch", e);
        }
    }

    @Override
    public EagerRuntime on(String other) {
        if (other.isEmpty() || other.equals(device)) {
            return here(this);
        }
        return here(new TorchRuntime(threads, other, residentBytes, graphs));
    }

    /** The runtime, if its device is there; that of the CPU always is, and needs no look. */
    private static TorchRuntime here(TorchRuntime runtime) {
        try {
            if (!runtime.device.equals(CPU) && !runtime.device.equals(Place.AUTO)) {
                runtime.place();
            }
            return runtime;
        } catch (DeviceException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    @Override
    public Device device() {
        return device.equals(CPU) ? Device.HOST : place().device();
    }

    @Override
    public int threads() {
        return threads;
    }

    @Override
    public String description() {
        Place here = place;
        return "libtorch " + (here == null ? "(not loaded yet)" : Library.version()) + ", " + (here == null ? said() : here) + ", threads: " + threads;
    }

    /** The device as it is asked for. */
    private String said() {
        return device.equals(CPU) ? Place.HOST.toString() : "device " + device;
    }

    private static void preferCudnnAttention() {
        try (var order = new LongVector(ATTENTION)) {
            torch.globalContext().setSDPPriorityOrder(order);
        }
    }

    private synchronized Place place() {
        if (place == null) {
            Library.load();
            Place found = Place.of(device);
            if (!found.isHost()) {
                // float32 is float32: convolutions would round their operands to 10 bits
                torch.globalContext().setAllowTF32CuDNN(false);
                preferCudnnAttention();
            }
            place = found;
            LOG.info("{}", description());
            if (found.isHost() && device.equals(Place.AUTO) && !torch.hasCUDA()) {
                Library.withoutCuda().ifPresent(reason -> LOG.warn("computes on the CPU: libtorch for CUDA lacks what it needs, {}", reason));
            }
        }
        return place;
    }
}
