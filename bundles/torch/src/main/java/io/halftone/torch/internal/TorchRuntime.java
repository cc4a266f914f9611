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

/** Tensors of libtorch on the CPU. The library is loaded by the first task, so that work without tensors never pays for it. */
@Component(service = EagerRuntime.class, configurationPid = "io.halftone.torch")
@Named("libtorch")
@Designate(ocd = TorchRuntime.Config.class)
public final class TorchRuntime implements EagerRuntime {

    @ObjectClassDefinition(name = "libtorch")
    public @interface Config {
        @AttributeDefinition(name = "Threads", description = "Threads of one operation; 0: one for each processor")
        int threads() default 0;
    }

    private static final Logger LOG = LoggerFactory.getLogger(TorchRuntime.class);

    private final int threads;
    private volatile boolean loaded;

    @Activate
    public TorchRuntime(Config config) {
        if (config.threads() < 0) {
            throw new IllegalArgumentException("threads: found " + config.threads() + "; expected >= 0");
        }
        threads = config.threads() == 0 ? Runtime.getRuntime().availableProcessors() : config.threads();
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if libtorch cannot be loaded, or fails: with the first line of what it says
     */
    @Override
    public <R> R run(Task<R> task) throws IOException {
        if (!loaded) {
            load();
        }
        torch.set_num_threads(threads);
        try (var inference = new InferenceMode(); var lifetime = new Lifetime(); var context = new TorchContext()) {
            return task.run(context);
        } catch (RuntimeException e) {
            throw NativeError.in("libtorch", e);
        }
    }

    @Override
    public String description() {
        return "libtorch " + (loaded ? version() : "(not loaded yet)") + ", CPU, threads: " + threads;
    }

    private synchronized void load() {
        if (loaded) {
            return;
        }
        try {
            Loader.load(torch.class);
        } catch (LinkageError e) {
            throw new IllegalStateException("libtorch: found no library that loads, " + deepest(e).getMessage()
                + "; expected the native libraries for " + Loader.getPlatform(), e);
        }
        // libtorch has threads of its own; those of OpenBLAS would spin against them
        openblas_nolapack.blas_set_num_threads(1);
        loaded = true;
        LOG.info("{}", description());
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
