package io.halftone.torch.internal;

import static io.halftone.torch.internal.Tasks.config;
import static io.halftone.torch.internal.Tasks.inTask;
import static io.halftone.torch.internal.Tasks.tensor;
import static io.halftone.torch.internal.Tasks.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.ops.DType;
import io.halftone.ops.Device;
import io.halftone.ops.Shape;
import io.halftone.ops.TensorView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class TorchRuntimeTest {
    private static final String WITHOUT_CUDA = ": found libtorch for the CPU alone; expected libtorch for CUDA, which the archive halftone-cuda has, "
        + "and a device: choose cpu or auto";

    @Test
    void saysWhetherTheLibraryIsLoaded() {
        var runtime = new TorchRuntime(config(3));
        assertEquals("libtorch (not loaded yet), CPU, threads: 3", runtime.description());
        inTask(runtime, context -> {});
        assertEquals("libtorch 2.10.0-1.5.13, CPU, threads: 3", runtime.description());
    }

    @Test
    void takesAThreadForEachProcessorByDefault() {
        int processors = Runtime.getRuntime().availableProcessors();
        assertEquals("libtorch (not loaded yet), CPU, threads: " + processors, new TorchRuntime(config(0)).description());
    }

    @Test
    void refusesNegativeThreads() {
        var e = assertThrows(IllegalArgumentException.class, () -> new TorchRuntime(config(-1)));
        assertEquals("threads: found -1; expected >= 0", e.getMessage());
    }

    @Test
    void refusesADeviceOfNoKind() {
        for (String device : List.of("", "gpu", "cuda:", "cuda:x", "CPU")) {
            var e = assertThrows(IllegalArgumentException.class, () -> new TorchRuntime(config(1, device)));
            assertEquals("device: found " + device + "; expected cpu, cuda, cuda:1 ... or auto", e.getMessage());
        }
    }

    @Test
    void aCudaDeviceNeedsLibtorchForCuda() {
        for (String device : List.of("cuda", "cuda:1")) {
            var runtime = new TorchRuntime(config(1, device));
            assertEquals("libtorch (not loaded yet), device " + device + ", threads: 1", runtime.description());
            var e = assertThrows(IllegalStateException.class, () -> inTask(runtime, context -> {}));
            assertEquals("device " + device + WITHOUT_CUDA, e.getMessage());
        }
    }

    @Test
    void aTaskMayBeGivenAnotherDevice() throws IOException {
        var runtime = new TorchRuntime(config(1, "auto"));
        assertSame(runtime, runtime.on(""));
        assertEquals("libtorch (not loaded yet), CPU, threads: 1", runtime.on("cpu").description());
        assertEquals(Device.HOST, runtime.on("cpu").device());
        var e = assertThrows(IllegalArgumentException.class, () -> runtime.on("cuda:3"));
        assertEquals("device cuda:3" + WITHOUT_CUDA, e.getMessage());
        e = assertThrows(IllegalArgumentException.class, () -> runtime.on("gpu"));
        assertEquals("device: found gpu; expected cpu, cuda, cuda:1 ... or auto", e.getMessage());
    }

    @Test
    void refusesAnImpossibleLimit() {
        var e = assertThrows(IllegalArgumentException.class, () -> new TorchRuntime(config(1, "cpu", -1)));
        assertEquals("residentWeights: found -1; expected >= 0 MiB", e.getMessage());
    }

    @Test
    void choosesTheCpuWhereThereIsNoCudaDevice() {
        var runtime = new TorchRuntime(config(1, "auto"));
        assertEquals("libtorch (not loaded yet), device auto, threads: 1", runtime.description());
        inTask(runtime, context -> {
            assertEquals(Place.HOST, context.place());
            assertEquals(Device.HOST, context.device());
        });
        assertEquals("libtorch 2.10.0-1.5.13, CPU, threads: 1", runtime.description());
    }

    @Test
    void refusesTensorsOfAnotherDevice() {
        var e = assertThrows(IllegalArgumentException.class, () -> with(DType.FLOAT32,
            ops -> ops.load(TensorView.device(DType.FLOAT32, new long[] {2}, 4096, 1))));
        assertEquals("tensor: found FLOAT32 [2] on device 1; expected host memory", e.getMessage());
    }

    @Test
    void setsThreadsInEveryThreadThatRunsATask() {
        for (int threads : new int[] {1, 2, 1}) {
            var runtime = new TorchRuntime(config(threads));
            inTask(runtime, context -> assertEquals(threads, torch.get_num_threads()));
            CompletableFuture.runAsync(() -> inTask(runtime, context -> assertEquals(threads, torch.get_num_threads()))).join();
        }
    }

    @Test
    void leavesOneThreadToOpenBlas() {
        inTask(context -> assertEquals(1, openblas_nolapack.blas_get_num_threads()));
    }

    @Test
    void recordsNothingForGradients() {
        with(DType.FLOAT32, ops -> {
            Tensor x = tensor(ops, Shape.of(1), 1);
            assertTrue(x.is_inference());
            assertFalse(ops.mul(x, x).requires_grad());
        });
    }

    @Test
    void nativeErrorsAreShortAndSayWhere() {
        var e = assertThrows(IllegalStateException.class, () -> with(DType.FLOAT32, ops -> ops.region("down_blocks.0", () -> ops.region("",
            () -> List.of(ops.matmul(tensor(ops, Shape.of(1, 2), 1, 2), tensor(ops, Shape.of(1, 2), 1, 2)))))));
        assertEquals("down_blocks.0: mat1 and mat2 shapes cannot be multiplied (1x2 and 1x2)", e.getMessage());
        assertTrue(e.getCause().getMessage().lines().count() > 1);
    }

    @Test
    void nativeErrorsOutsideOfRegionsNameTheLibrary() {
        var e = assertThrows(IllegalStateException.class, () -> with(DType.FLOAT32,
            ops -> ops.reshape(tensor(ops, Shape.of(2), 1, 2), Shape.of(3))));
        assertEquals("libtorch: shape '[3]' is invalid for input of size 2", e.getMessage());
    }

    @Test
    void exceptionsOfJavaPassAsTheyAre() {
        var own = new RuntimeException("stop\nhere");
        assertSame(own, assertThrows(RuntimeException.class, () -> inTask(context -> {
            throw own;
        })));
        var io = new IOException("disk");
        assertSame(io, assertThrows(UncheckedIOException.class, () -> inTask(context -> {
            throw io;
        })).getCause());
    }

    @Test
    void taskMayRunInATask() {
        with(DType.FLOAT32, ops -> {
            Tensor x = tensor(ops, Shape.of(1), 4);
            with(DType.FLOAT16, inner -> inner.toFloats(tensor(inner, Shape.of(1), 1)));
            assertEquals(4, ops.toFloats(x)[0]);
            assertTrue(tensor(ops, Shape.of(1), 1).is_inference());
        });
    }
}
