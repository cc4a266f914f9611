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
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** On a machine with libtorch for CUDA and a device; elsewhere it is skipped and says so. */
@Tag("gpu")
class CudaTest {
    private final TorchRuntime runtime = new TorchRuntime(config(1, "auto"));

    @BeforeEach
    void needsADevice() {
        Tasks.needDevice(runtime);
    }

    @Test
    void valuesAreMadeOnTheDeviceAndComeBack() {
        inTask(runtime, context -> {
            EagerOps<Tensor> ops = ops(context);
            Tensor x = ops.constant(new float[] {1, 2, 3}, Shape.of(3), DType.FLOAT32);
            assertTrue(x.is_cuda());
            assertArrayEquals(new float[] {3, 5, 7}, ops.toFloats(ops.add(ops.mul(x, ops.constant(2, DType.FLOAT32)), ops.constant(1, DType.FLOAT32))));
        });
    }

    @Test
    void viewsAreThoseOfTheDeviceAndLoadAgain() {
        inTask(runtime, context -> {
            EagerOps<Tensor> ops = ops(context);
            TensorView view = ops.view(ops.load(TensorView.ofFloats(new float[] {4, 5}, 2)));
            assertEquals(0, view.device());
            assertArrayEquals(new float[] {4, 5}, ops.toFloats(ops.load(view)));
        });
    }

    @Test
    void drawsAreThoseOfTheProcessor() {
        float[][] draws = new float[2][];
        inTask(context -> draws[0] = HostMemory.floats(context.generator(7).normal(Shape.of(100))));
        inTask(runtime, context -> draws[1] = HostMemory.floats(context.generator(7).normal(Shape.of(100))));
        assertArrayEquals(draws[0], draws[1]);
    }

    @Test
    void aDeviceHasAName() {
        var device = runtime.on("cuda:0").device();
        assertEquals(0, device.index());
        assertTrue(runtime.on("cuda:0").description().contains("CUDA device 0"), runtime.on("cuda:0").description());
        assertFalse(device.name().isBlank());
    }

    @Test
    void parametersThatAreBroughtAgainHaveTheSameBits() {
        var limited = new TorchRuntime(config(1, "cuda", 1));
        inTask(limited, context -> {
            EagerOps<Tensor> ops = context.ops(ResidencyTest.checkpoint(), DType.FLOAT32);
            for (int pass = 0; pass < 4; pass++) {
                ResidencyTest.pass(ops);   // from the third on out of pinned memory
            }
            assertTrue(context.residency().released() > 6);
        });
    }

    @Test
    void memoryThatDoesNotSufficeNamesTheRegion() {
        inTask(runtime, context -> {
            EagerOps<Tensor> ops = ops(context);
            Tensor x = ops.constant(new float[] {1}, Shape.of(1, 1), DType.FLOAT32);
            var e = assertThrows(DeviceException.class, () -> ops.region("mid_block", () -> List.of(ops.expand(x, Shape.of(1 << 20, 1 << 20)).contiguous())));
            assertTrue(e.getMessage().startsWith("mid_block: found CUDA out of memory. Tried to allocate"), e.getMessage());
        });
    }

    /** Products are launched in a small part of the time that the device takes for them. */
    @Test
    void awaitsWhatTheDeviceWasGiven() {
        inTask(runtime, context -> {
            EagerOps<Tensor> ops = ops(context);
            Tensor x = ops.expand(ops.constant(new float[] {1}, Shape.of(1, 1), DType.FLOAT32), Shape.of(4096, 4096));
            ops.matmul(x, x);
            ops.await();
            long start = System.nanoTime();
            for (int i = 0; i < 50; i++) {
                ops.region("", () -> {
                    ops.matmul(x, x);
                    return List.of();
                });
            }
            long launched = System.nanoTime() - start;
            ops.await();
            long done = System.nanoTime() - start;
            assertTrue(done > 3 * launched, "found " + launched / 1e6 + " ms to launch and " + done / 1e6 + " ms to be done");
        });
    }

    /** The largest magnitude is one of the elements: there is nothing to round. */
    @Test
    void magnitudesAreThoseOfTheProcessor() {
        for (DType type : List.of(DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16)) {
            float[][] found = new float[2][];
            float[][] ofChannels = new float[2][];
            for (int place = 0; place < 2; place++) {
                int at = place;
                Tasks.Body look = context -> {
                    EagerOps<Tensor> ops = ops(context);
                    Tensor x = ops.cast(context.generator(3).normal(Shape.of(5, 70, 3)), type);
                    found[at] = ops.toFloats(ops.magnitude(x));
                    ofChannels[at] = ops.toFloats(ops.magnitudes(x, 1));
                    assertTrue(Float.isNaN(ops.toFloats(ops.magnitude(ops.constant(new float[] {1, Float.NaN, 2}, Shape.of(3), type)))[0]));
                };
                if (at == 0) {
                    inTask(look);
                } else {
                    inTask(runtime, look);
                }
            }
            assertArrayEquals(found[0], found[1]);
            assertArrayEquals(ofChannels[0], ofChannels[1]);
        }
    }

    /** 1 + 2^-11 lies between two numbers of float16 and goes to 1; with the product added before it is rounded, 2^-11 is left. */
    @Test
    void productsThatAreAddedAreRoundedOnce() {
        inTask(runtime, context -> {
            EagerOps<Tensor> ops = ops(context);
            Tensor a = ops.constant(new float[] {1 + 0x1p-10f}, Shape.of(1), DType.FLOAT16);
            Tensor b = ops.constant(new float[] {1 - 0x1p-11f}, Shape.of(1), DType.FLOAT16);
            Tensor x = ops.constant(new float[] {-1}, Shape.of(1), DType.FLOAT16);
            assertArrayEquals(new float[] {0x1p-11f - 0x1p-21f}, ops.toFloats(ops.addcmul(x, a, b)), 0x1p-22f);
            assertThrows(IllegalArgumentException.class, () -> ops.addcmul(x, a, ops.cast(b, DType.FLOAT32)));
        });
    }

    /** Of FLUX's and SDXL's heads, with as many keys and with those of a text; tokens before heads, as the models have them. */
    @Test
    void attentionIsThatOfTheProcessorButForRounding() {
        for (long[] sizes : new long[][] {{128, 300, 300}, {64, 256, 77}}) {
            for (DType type : List.of(DType.FLOAT16, DType.BFLOAT16)) {
                float[][] found = new float[2][];
                for (int place = 0; place < 2; place++) {
                    int at = place;
                    Tasks.Body look = context -> {
                        EagerOps<Tensor> ops = ops(context);
                        Tensor[] in = new Tensor[3];
                        for (int i = 0; i < 3; i++) {
                            Tensor drawn = ops.cast(context.generator(i).normal(Shape.of(2, sizes[Math.min(i, 1) + 1], 3, sizes[0])), type);
                            in[i] = ops.permute(at == 0 ? ops.cast(drawn, DType.FLOAT32) : drawn, 0, 2, 1, 3);
                        }
                        found[at] = ops.toFloats(ops.attention(in[0], in[1], in[2], 1 / Math.sqrt(sizes[0]), false));
                    };
                    if (at == 0) {
                        inTask(look);
                    } else {
                        inTask(runtime, look);
                    }
                }
                // the probabilities and the result are rounded to the type's 11 or 8 bits; results are below 4
                assertArrayEquals(found[0], found[1], type == DType.FLOAT16 ? 4e-3f : 3.2e-2f);
            }
        }
    }
}
