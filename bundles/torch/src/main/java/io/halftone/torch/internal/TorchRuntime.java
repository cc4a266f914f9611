package io.halftone.torch.internal;

import io.halftone.model.Named;
import io.halftone.ops.EagerRuntime;
import java.io.IOException;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.global.torch;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tensors of libtorch, on the CPU or a CUDA device. The library is loaded by the first task, so that work without tensors never pays for it. */
@Component(service = EagerRuntime.class, configurationPid = "io.halftone.torch")
@Named("libtorch")
@Designate(ocd = TorchRuntime.Settings.class)
public final class TorchRuntime implements EagerRuntime {

    @ObjectClassDefinition(name = "libtorch")
    public @interface Settings {
        @AttributeDefinition(name = "Threads", description = "Threads of one operation; 0: one for each processor")
        int threads() default 0;

        @AttributeDefinition(name = "Device", description = "cpu, cuda, cuda:1 ..., or auto: a CUDA device if there is one")
        String device() default CPU;
    }

    /** The settings of a runtime on the CPU, for those who make one by hand. */
    public @interface Config {
        /** Threads of one operation; 0: one for each processor. */
        int threads() default 0;
    }

    private static final String CPU = "cpu";
    private static final Logger LOG = LoggerFactory.getLogger(TorchRuntime.class);

    private final int threads;
    private final String device;
    private volatile Place place;

    @Activate
    public TorchRuntime(Settings settings) {
        this(settings.threads(), settings.device());
    }

    /** On the CPU. */
    public TorchRuntime(Config config) {
        this(config.threads(), CPU);
    }

    private TorchRuntime(int threads, String device) {
        if (threads < 0) {
            throw new IllegalArgumentException("threads: found " + threads + "; expected >= 0");
        }
        Place.check(device);
        this.device = device;
        this.threads = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if libtorch cannot be loaded, or fails: with the first line of what it says
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
        Place here = place == null ? load() : place;
        torch.set_num_threads(threadsOfOperation);   // of the calling thread
        try (var inference = new InferenceMode(); var lifetime = new Lifetime(); var context = new TorchContext(here)) {
            return task.run(context);
        } catch (RuntimeException e) {
            throw NativeError.in("libtorch", e);
        }
    }

    @Override
    public String description() {
        Place here = place;
        return "libtorch " + (here == null ? "(not loaded yet)" : version()) + ", " + (here == null ? said() : here) + ", threads: " + threads;
    }

    /** The device as it is asked for. */
    private String said() {
        return device.equals(CPU) ? Place.HOST.toString() : "device " + device;
    }

    private synchronized Place load() {
        if (place != null) {
            return place;
        }
        try {
            Loader.load(torch.class);
        } catch (LinkageError e) {
            throw new IllegalStateException("libtorch: found no library that loads, " + deepest(e).getMessage()
                + "; expected the native libraries for " + Loader.getPlatform(), e);
        }
        // libtorch has threads of its own; those of OpenBLAS would spin against them
        openblas_nolapack.blas_set_num_threads(1);
        Place found = Place.of(device);
        if (!found.isHost()) {
            // float32 is float32: convolutions would round their operands to 10 bits
            torch.globalContext().setAllowTF32CuDNN(false);
        }
        place = found;
        LOG.info("{}", description());
        return found;
    }

    private static String version() {
        try {
            return Loader.getVersion("org.bytedeco", "pytorch", torch.class);
        } catch (IOException e) {
            return "of unknown version";
        }
    }

    private static Throwable deepest(Throwable e) {
        return e.getCause() == null ? e : deepest(e.getCause());
    }
}
