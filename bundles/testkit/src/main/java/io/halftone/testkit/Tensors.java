package io.halftone.testkit;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.EagerRuntime;
import io.halftone.ops.Parameters;
import io.halftone.ops.TensorView;
import io.halftone.torch.internal.TorchRuntime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.Annotation;
import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;

/** libtorch for the tests of plugins that need tensors. */
public final class Tensors {
    private static final EagerRuntime RUNTIME = new TorchRuntime(new TorchRuntime.Config() {
        @Override
        public int threads() {
            return 1;
        }

        @Override
        public Class<? extends Annotation> annotationType() {
            return TorchRuntime.Config.class;
        }
    });

    private Tensors() {}

    /**
     * Work over tensors.
     *
     * @param <R> its result; no tensor
     */
    @ConsumerType
    public interface Work<R> {
        /** Works with operations over the checkpoint that there is, if any. */
        <T> R with(EagerOps<T> ops);
    }

    /** Runs work computed in that type. */
    public static <R> R run(DType computeType, Work<R> work) {
        return run(computeType, new Nothing(), work);
    }

    /** Runs work computed in that type, with operations over that checkpoint. */
    public static <R> R run(DType computeType, Parameters parameters, Work<R> work) {
        try {
            return RUNTIME.run(new EagerRuntime.Task<R>() {
                @Override
                public <T> R run(EagerRuntime.Context<T> context) {
                    return work.with(context.ops(parameters, computeType));
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Nothing implements Parameters {
        @Override
        public Set<String> names() {
            return Set.of();
        }

        @Override
        public Info info(String name) {
            throw new IllegalArgumentException(name + ": found no checkpoint; expected work without parameters");
        }

        @Override
        public TensorView read(String name) {
            throw new IllegalArgumentException(name + ": found no checkpoint; expected work without parameters");
        }
    }
}
