package io.halftone.torch.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CaptureLockTest {
    private static final RuntimeException RECORDED = new RuntimeException("CUDA error: operation not permitted when stream is capturing\nframe #0: ...");

    @Test
    void waitsUntilNobodyElseRecords() {
        List<Integer> calls = new ArrayList<>();
        CaptureLock.waiting(() -> {
            calls.add(calls.size());
            if (calls.size() < 4) {
                throw RECORDED;
            }
        });
        assertEquals(List.of(0, 1, 2, 3), calls);
    }

    @Test
    void losesPatience() {
        int[] calls = {0};
        assertSame(RECORDED, assertThrows(RuntimeException.class, () -> CaptureLock.waiting(() -> {
            calls[0]++;
            throw RECORDED;
        }, Duration.ZERO)));
        assertEquals(1, calls[0]);
    }

    @Test
    void doesNotWaitForTheRecordingThatItIsPartOf() {
        int[] calls = {0};
        assertSame(RECORDED, assertThrows(RuntimeException.class, () -> CaptureLock.recording(() -> {
            CaptureLock.waiting(() -> {
                calls[0]++;
                throw RECORDED;
            });
            return null;
        })));
        assertEquals(1, calls[0]);
    }

    @Test
    void otherErrorsAreNotTriedAgain() {
        var failure = new RuntimeException("CUDA error: an illegal memory access was encountered");
        int[] calls = {0};
        assertSame(failure, assertThrows(RuntimeException.class, () -> CaptureLock.waiting(() -> {
            calls[0]++;
            throw failure;
        })));
        assertEquals(1, calls[0]);
    }
}
