package io.halftone.torch.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.ops.CheckpointException;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.EagerRuntime;
import io.halftone.ops.Parameters;
import io.halftone.ops.Shape;
import io.halftone.ops.TensorView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.Annotation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Assumptions;

/** Runs test bodies as tasks, and makes and compares tensors. */
final class Tasks {
    static final TorchRuntime RUNTIME = new TorchRuntime(config(0));

    private Tasks() {}

    /** Work on the tensors that only this bundle sees. */
    interface Body {
        void run(TorchContext context) throws IOException;
    }

    static void inTask(Body body) {
        inTask(RUNTIME, body);
    }

    static void inTask(TorchRuntime runtime, Body body) {
        try {
            runtime.run(new EagerRuntime.Task<Void>() {
                @Override
                public <T> Void run(EagerRuntime.Context<T> context) throws IOException {
                    body.run((TorchContext) context);
                    return null;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Skips a test on a machine that has no CUDA device, or no libtorch for it, and says so. */
    static void needDevice(TorchRuntime runtime) {
        inTask(runtime, context -> Assumptions.assumeFalse(context.place().isHost(), "no CUDA device for libtorch: the tests on it are skipped"));
    }

    /** Operations that have no parameters and compute in float32. */
    static EagerOps<Tensor> ops(TorchContext context) {
        return context.ops(new Checkpoint(Map.of()), DType.FLOAT32);
    }

    /** Runs with operations that have no parameters and compute in that type. */
    static void with(DType type, Consumer<EagerOps<Tensor>> body) {
        inTask(context -> body.accept(context.ops(new Checkpoint(Map.of()), type)));
    }

    static TorchRuntime.Settings config(int threads) {
        return config(threads, "cpu");
    }

    static TorchRuntime.Settings config(int threads, String device) {
        return config(threads, device, 0);
    }

    static TorchRuntime.Settings config(int threads, String device, int residentWeights) {
        return new TorchRuntime.Settings() {
            @Override
            public int threads() {
                return threads;
            }

            @Override
            public String device() {
                return device;
            }

            @Override
            public int residentWeights() {
                return residentWeights;
            }

            @Override
            public boolean graphs() {
                return true;
            }

            @Override
            public Class<? extends Annotation> annotationType() {
                return TorchRuntime.Settings.class;
            }
        };
    }

    /** A tensor of the compute type. */
    static Tensor tensor(EagerOps<Tensor> ops, Shape shape, double... values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return ops.cast(ops.load(TensorView.ofFloats(floats, shape.sizes())), ops.computeType());
    }

    static Tensor longs(EagerOps<Tensor> ops, Shape shape, long... values) {
        return ops.load(TensorView.ofLongs(values, shape.sizes()));
    }

    /** Compares with a few units in the last place of the tensor's type, relative to 1 or what is larger. */
    static void assertTensor(EagerOps<Tensor> ops, Tensor x, Shape shape, double... expected) {
        assertEquals(shape, ops.shape(x));
        double unit = switch (ops.dtype(x)) {
            case FLOAT16 -> 0x1p-9;
            case BFLOAT16 -> 0x1p-6;
            default -> 1e-6;
        };
        float[] found = ops.toFloats(x);
        assertEquals(expected.length, found.length);
        for (int i = 0; i < found.length; i++) {
            assertEquals(expected[i], found[i], unit * Math.max(1, Math.abs(expected[i])), "element " + i);
        }
    }

    /** Tensors in memory, with a record of what was read. */
    static final class Checkpoint implements Parameters {
        final List<String> reads = new ArrayList<>();
        private final Map<String, TensorView> tensors;

        Checkpoint(Map<String, TensorView> tensors) {
            this.tensors = tensors;
        }

        @Override
        public Set<String> names() {
            return new TreeSet<>(tensors.keySet());
        }

        @Override
        public Info info(String name) {
            return new Info(view(name).dtype(), view(name).shape());
        }

        @Override
        public TensorView read(String name) {
            reads.add(name);
            return view(name);
        }

        private TensorView view(String name) {
            TensorView view = tensors.get(name);
            if (view == null) {
                throw new CheckpointException(name + ": found none; expected one of " + names());
            }
            return view;
        }
    }
}
