package io.halftone.torch.internal;

import static io.halftone.torch.internal.Tasks.config;
import static io.halftone.torch.internal.Tasks.inTask;
import static io.halftone.torch.internal.Tasks.ops;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.ops.DType;
import io.halftone.ops.DeviceException;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import io.halftone.ops.TensorView;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Recordings of a device, on a machine with libtorch for CUDA and one; elsewhere it is skipped and says so. */
@Tag("gpu")
class CudaGraphTest {
    private final TorchRuntime runtime = new TorchRuntime(config(1, "auto"));

    @BeforeEach
    void needsADevice() {
        Tasks.needDevice(runtime);
    }

    @Test
    void aRecordedPassHasTheBitsOfThePass() {
        inTask(runtime, context -> {
            EagerOps<Tensor> ops = context.ops(ResidencyTest.checkpoint(), DType.FLOAT32);
            int[] calls = {0};
            var replay = ops.replay(inputs -> {
                calls[0]++;
                return List.of(ops.silu(ops.mul(inputs.get(0), ops.constant(3, DType.FLOAT32))), ops.magnitude(inputs.get(0)));
            });
            for (int run = 0; run < 5; run++) {
                float[] values = {run - 2, 0.5f * run, -7};
                List<Tensor> found = ops.region("", () -> replay.run(List.of(ops.load(TensorView.ofFloats(values, 3)))));
                Tensor x = ops.load(TensorView.ofFloats(values, 3));
                assertArrayEquals(ops.toFloats(ops.silu(ops.mul(x, ops.constant(3, DType.FLOAT32)))), ops.toFloats(found.get(0)));
                assertArrayEquals(ops.toFloats(ops.magnitude(x)), ops.toFloats(found.get(1)));
            }
            assertEquals(2, calls[0], "the pass itself, and its recording");
        });
    }

    @Test
    void aPassThatWaitsForTheDeviceIsRunAsItIs() {
        inTask(runtime, context -> {
            EagerOps<Tensor> ops = ops(context);
            int[] calls = {0};
            var replay = ops.replay(inputs -> {
                calls[0]++;
                float first = ops.toFloats(inputs.get(0))[0];
                return List.of(ops.mul(inputs.get(0), ops.constant(first, DType.FLOAT32)));
            });
            for (int run = 1; run < 5; run++) {
                List<Tensor> found = replay.run(List.of(ops.load(TensorView.ofFloats(new float[] {run}, 1))));
                assertArrayEquals(new float[] {run * run}, ops.toFloats(found.get(0)));
            }
            assertEquals(5, calls[0], "each run, and one recording that was given up");
        });
    }

    /** 64 MiB of results that only the recording has: at first cuBLAS takes some for its own use, then each recording gives back all. */
    @Test
    void aRecordingsMemoryGoesBackToTheDevice() {
        inTask(runtime, context -> {
            EagerOps<Tensor> ops = ops(context);
            long first = 0;
            for (int i = 0; i < 40; i++) {   // more than libtorch has streams
                long free = context.place().memory()[0];
                first = i == 1 ? free : first;
                assertTrue(i == 0 || free >= first - (16 << 20), "recording " + i + ": found " + free + " bytes free; expected " + first);
                ops.region("", () -> {
                    Tensor x = ops.expand(ops.constant(new float[] {1}, Shape.of(1, 1), DType.FLOAT32), Shape.of(4096, 4096));
                    try (var replay = ops.replay(inputs -> List.of(ops.slice(ops.matmul(inputs.get(0), inputs.get(0)), 0, 0, 1)))) {
                        replay.run(List.of(x));
                        assertEquals(4096, ops.toFloats(replay.run(List.of(x)).get(0))[0]);
                    }
                    return List.of();
                });
            }
        });
    }

    @Test
    void threadsRecordAndWaitAtOnce() throws Exception {
        List<Callable<Integer>> tasks = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            tasks.add(() -> {
                int[] calls = {0};
                inTask(runtime, context -> {
                    for (int recording = 0; recording < 25; recording++) {
                        EagerOps<Tensor> ops = ops(context);
                        Tensor x = ops.load(TensorView.ofFloats(new float[] {recording}, 1));
                        try (var replay = ops.replay(inputs -> {
                            calls[0]++;
                            Tensor y = inputs.get(0);
                            for (int more = 0; more < 200; more++) {
                                y = ops.add(y, inputs.get(0));
                            }
                            return List.of(y);
                        })) {
                            for (int run = 0; run < 3; run++) {
                                assertArrayEquals(new float[] {201 * recording}, ops.toFloats(replay.run(List.of(x)).get(0)));
                                ops.await();
                            }
                        }
                    }
                });
                return calls[0];
            });
        }
        ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
        try {
            for (Future<Integer> calls : threads.invokeAll(tasks)) {
                assertEquals(50, calls.get(), "each pass itself, and its recording");
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void recordsOnAnotherDeviceThanTheFirst() {
        Assumptions.assumeTrue(torch.cuda_device_count() > 1, "one CUDA device: recording on a second one is skipped");
        inTask(new TorchRuntime(config(1, "cuda:1")), context -> {
            EagerOps<Tensor> ops = ops(context);
            int[] calls = {0};
            var replay = ops.replay(inputs -> {
                calls[0]++;
                Tensor y = inputs.get(0);
                for (int i = 0; i < 20; i++) {
                    y = ops.matmul(y, inputs.get(1));
                }
                return List.of(y);
            });
            Tensor half = ops.expand(ops.constant(new float[] {0x1p-11f}, Shape.of(1, 1), DType.FLOAT32), Shape.of(2048, 2048));
            for (int run = 0; run < 20; run++) {
                Tensor x = ops.expand(ops.load(TensorView.ofFloats(new float[] {run}, 1, 1)), Shape.of(2048, 2048));
                float[] found = ops.region("", () -> replay.run(List.of(x, half))).stream().map(ops::magnitude).map(ops::toFloats).findFirst().orElseThrow();
                assertArrayEquals(new float[] {run}, found);
            }
            assertEquals(2, calls[0], "the pass itself, and its recording");
        });
    }

    /** The recording has a quarter of the memory; what needs seven eighths of it fits once the recording is gone. */
    @Test
    void recordingsAreReleasedWhereMemoryDoesNotSuffice() {
        inTask(runtime, context -> {
            EagerOps<Tensor> ops = ops(context);
            long rows = context.place().memory()[0] / 4 / (4 << 20);   // of 4 MiB: a quarter of what is free
            var replay = ops.replay(inputs -> {
                Tensor large = ops.add(ops.expand(inputs.get(0), Shape.of(rows, 1 << 20)), inputs.get(0));
                return List.of(ops.add(ops.slice(large, 0, 0, 1), inputs.get(0)));   // what is returned holds none of it
            });
            Tensor x = ops.load(TensorView.ofFloats(new float[1 << 20], 1, 1 << 20));
            ops.region("", () -> replay.run(List.of(x)));
            ops.region("", () -> replay.run(List.of(x)));
            long rest = context.place().memory()[0] / (4 << 20);
            Runnable work = () -> ops.region("work", () -> List.of(ops.add(ops.expand(x, Shape.of(rest + rows + rows / 2, 1 << 20)), x)));
            assertThrows(DeviceException.class, () -> ops.region("", () -> {
                work.run();
                return List.of();
            }));
            assertTrue(ops.releaseRecordings());
            ops.region("", () -> {
                work.run();
                return List.of();
            });
            assertFalse(ops.releaseRecordings());
        });
    }
}
