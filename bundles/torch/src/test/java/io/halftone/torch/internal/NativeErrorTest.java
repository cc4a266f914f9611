package io.halftone.torch.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.ops.DeviceException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NativeErrorTest {
    private static final int NATIVE = -2;

    /** As JavaCPP makes it: of the exception's text, thrown by a native method. */
    private static RuntimeException thrown(String message) {
        RuntimeException e = new RuntimeException(message);
        e.setStackTrace(new StackTraceElement[] {new StackTraceElement("org.bytedeco.pytorch.global.torch", "matmul", null, NATIVE)});
        return e;
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 79.11 GiB of which 1.20 GiB is free.",
        "CUDA error: out of memory",
        "[enforce fail at alloc_cpu.cpp:121] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 1125899906842624 bytes.",
        "std::bad_alloc",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
        "cuDNN error: CUDNN_STATUS_ALLOC_FAILED",
        "cuDNN error: CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED"})
    void tellsThatMemoryDidNotSuffice(String message) {
        RuntimeException e = thrown(message + "\nException raised from somewhere");
        assertTrue(NativeError.isOutOfMemory(e));
        RuntimeException told = NativeError.in("unet", e);
        assertEquals(DeviceException.class, told.getClass());
        assertTrue(told.getMessage().startsWith("unet: found " + message.replaceAll("[.]$", "") + "; expected room for it: choose a smaller "),
            told.getMessage());
        assertSame(e, told.getCause());
    }

    @Test
    void otherErrorsOfNativeMethodsAreNamedByTheirPlace() {
        RuntimeException e = thrown("CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling `cublasSgemm`\nException raised from somewhere");
        assertFalse(NativeError.isOutOfMemory(e));
        assertEquals("unet: CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling `cublasSgemm`", NativeError.in("unet", e).getMessage());
    }

    @Test
    void whatNoNativeMethodThrewStaysAsItIs() {
        RuntimeException e = new RuntimeException("out of memory");
        assertFalse(NativeError.isOutOfMemory(e));
        assertSame(e, NativeError.in("unet", e));
    }
}
