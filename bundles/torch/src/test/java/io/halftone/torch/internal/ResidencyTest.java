package io.halftone.torch.internal;

import static io.halftone.torch.internal.Tasks.config;
import static io.halftone.torch.internal.Tasks.inTask;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.ops.DType;
import io.halftone.ops.DeviceException;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Parameters;
import io.halftone.ops.Shape;
import io.halftone.ops.TensorView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class ResidencyTest {
    /** Three of them take less than the limit of 1 MiB, four take more. */
    private static final int ELEMENTS = 75_000;
    private static final Shape SHAPE = Shape.of(ELEMENTS);
    private static final List<String> NAMES = List.of("0.weight", "1.weight", "2.weight", "3.weight", "4.weight");

    private final TorchRuntime limited = new TorchRuntime(config(1, "cpu", 1));
    private final Tasks.Checkpoint checkpoint = checkpoint();

    static Tasks.Checkpoint checkpoint() {
        Map<String, TensorView> tensors = new LinkedHashMap<>();
        for (int i = 0; i < NAMES.size(); i++) {
            float[] values = new float[ELEMENTS];
            Arrays.fill(values, i + 1);
            tensors.put(NAMES.get(i), TensorView.ofFloats(values, ELEMENTS));
        }
        return new Tasks.Checkpoint(tensors);
    }

    /** Each parameter in a region of its own, as blocks have them; the sum of their first elements is 15. */
    static void pass(EagerOps<Tensor> ops) {
        float sum = 0;
        for (String name : NAMES) {
            List<Tensor> first = ops.region(name, () -> List.of(ops.slice(ops.parameter(name, SHAPE), 0, 0, 1)));
            sum += ops.toFloats(first.get(0))[0];
        }
        assertEquals(15, sum);
    }

    @Test
    void bringsAtEveryPassOnlyWhatDoesNotFit() {
        inTask(limited, context -> {
            var ops = context.ops(checkpoint, DType.FLOAT32);
            for (int pass = 0; pass < 3; pass++) {
                pass(ops);
            }
            // 5, then the 2 that are not among the 3 that fit
            assertEquals(List.of("0.weight", "1.weight", "2.weight", "3.weight", "4.weight", "2.weight", "3.weight", "1.weight", "2.weight"),
                checkpoint.reads);
            assertEquals(6, context.residency().released());
        });
    }

    @Test
    void bringsEachOnceWithoutALimit() {
        inTask(context -> {
            var ops = context.ops(checkpoint, DType.FLOAT32);
            pass(ops);
            pass(ops);
            assertEquals(NAMES, checkpoint.reads);
            assertEquals(0, context.residency().released());
        });
    }

    @Test
    void keepsWhatAnOpenRegionHasAskedFor() {
        inTask(limited, context -> {
            var ops = context.ops(checkpoint, DType.FLOAT32);
            List<Tensor> asked = new ArrayList<>();
            ops.region("all", () -> {
                NAMES.forEach(name -> ops.region("inner", () -> {
                    asked.add(ops.parameter(name, SHAPE));
                    return List.of(asked.get(asked.size() - 1));
                }));
                for (int i = 0; i < asked.size(); i++) {
                    assertEquals(i + 1, ops.toFloats(asked.get(i))[ELEMENTS - 1]);
                }
                assertEquals(0, context.residency().released());
                return List.of();
            });
            ops.region("next", () -> List.of(ops.slice(ops.parameter("0.weight", SHAPE), 0, 0, 1)));
            assertFalse(asked.get(0).isNull());
            ops.releaseParameters();
            assertTrue(asked.stream().allMatch(tensor -> tensor.isNull()));
        });
    }

    @Test
    void anotherComponentTakesTheRoomOfTheOneBefore() {
        inTask(limited, context -> {
            pass(context.ops(checkpoint, DType.FLOAT32));
            int before = context.residency().released();
            Tasks.Checkpoint second = checkpoint();
            var ops = context.ops(second, DType.FLOAT32);
            ops.region("", () -> List.of(ops.slice(ops.parameter("0.weight", SHAPE), 0, 0, 1)));
            assertEquals(3, context.residency().released() - before);
        });
    }

    @Test
    void memoryThatRunsOutWhileOneIsBroughtLowersTheLimit() {
        List<String> reads = new ArrayList<>();
        Parameters scarce = new Parameters() {
            @Override
            public Set<String> names() {
                return checkpoint.names();
            }

            @Override
            public Info info(String name) {
                return checkpoint.info(name);
            }

            @Override
            public TensorView read(String name) {
                reads.add(name);
                if (name.equals("3.weight") && Collections.frequency(reads, name) == 1) {
                    HostMemory.allocate(DType.FLOAT32, 1L << 50);   // says what a full device says
                }
                return checkpoint.read(name);
            }
        };
        inTask(new TorchRuntime(config(1, "cpu", 100)), context -> {
            var ops = context.ops(scarce, DType.FLOAT32);
            pass(ops);
            assertEquals(List.of("0.weight", "1.weight", "2.weight", "3.weight", "3.weight", "4.weight"), reads);
            // of three 300 kB each, an eighth less is 787 kB: room for the fourth beside one; then one goes for the fifth
            assertEquals(3, context.residency().released());
        });
    }

    @Test
    void memoryThatRunsOutWithNothingToReleaseIsSaid() {
        inTask(new TorchRuntime(config(1, "cpu", 100)), context -> {
            Residency residency = context.residency();
            var store = new ParameterStore(checkpoint, DType.FLOAT32, residency, new HostGate());
            assertThrows(RuntimeException.class, () -> residency.bring(store, "0.weight", SHAPE, 4L * ELEMENTS,
                () -> HostMemory.allocate(DType.FLOAT32, 1L << 50)));
        });
    }

    @Test
    void recordingsGiveWayBeforeParametersDo() {
        List<String> asked = new ArrayList<>();
        inTask(new TorchRuntime(config(1, "cpu", 100)), context -> {
            Residency residency = context.residency();
            residency.yieldingFirst(() -> asked.add("recordings") && asked.size() == 1);
            var store = new ParameterStore(checkpoint, DType.FLOAT32, residency, new HostGate());
            var found = residency.bring(store, "0.weight", SHAPE, 4L * ELEMENTS, () ->
                HostMemory.allocate(DType.FLOAT32, asked.isEmpty() ? 1L << 50 : ELEMENTS));
            assertEquals(SHAPE, found.shape());
            assertEquals(0, residency.released());
            assertThrows(RuntimeException.class, () -> residency.bring(store, "1.weight", SHAPE, 4L * ELEMENTS,
                () -> HostMemory.allocate(DType.FLOAT32, 1L << 50)));
        });
        assertTrue(asked.size() > 1);
    }

    @Test
    void countsBytesInTheTypeComputedIn() {
        inTask(limited, context -> {
            var halves = context.ops(checkpoint, DType.FLOAT16);
            pass(halves);
            assertEquals(0, context.residency().released());
        });
    }

    @Test
    void memoryThatDoesNotSufficeSaysWhereAndWhatToTry() {
        var e = assertThrows(DeviceException.class, () -> inTask(context -> context.ops(checkpoint, DType.FLOAT32)
            .region("decoder.up_blocks.3", () -> List.of(HostMemory.allocate(DType.FLOAT32, 1L << 50)))));
        String message = e.getMessage();
        assertTrue(message.startsWith("decoder.up_blocks.3: found ") && message.contains("allocate 4503599627370496 bytes"), message);
        assertTrue(message.endsWith("; expected room for it: choose a smaller picture or batch, fewer workers, --model-dtype Half or BFloat16, "
            + "--tiled-vae where the VAE is named, or fewer resident weights (residentWeights in etc/io.halftone.torch.cfg)"), message);
    }
}
