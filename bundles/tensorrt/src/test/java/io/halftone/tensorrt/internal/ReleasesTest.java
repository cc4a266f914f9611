package io.halftone.tensorrt.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReleasesTest {
    private final List<String> released = new ArrayList<>();
    private final Releases releases = new Releases();

    private void add(String name, boolean fails) {
        assertEquals(name, releases.add(name, () -> {
            released.add(name);
            if (fails) {
                throw new IllegalStateException(name);
            }
        }));
    }

    @Test
    void releasesTheLastFirstAndOnce() {
        add("stream", false);
        add("context", false);
        releases.run();
        releases.run();
        assertEquals(List.of("context", "stream"), released);
    }

    @Test
    void releasesTheOthersWhereOneFails() {
        add("stream", false);
        add("event", true);
        add("context", true);
        var e = assertThrows(IllegalStateException.class, releases::run);
        assertEquals("context", e.getMessage());
        assertEquals("event", e.getSuppressed()[0].getMessage());
        assertEquals(List.of("context", "event", "stream"), released);
    }

    @Test
    void keepsTheFailureThatCameBefore() {
        add("stream", true);
        var failure = new IllegalArgumentException("no context");
        releases.runAfter(failure);
        assertEquals("stream", failure.getSuppressed()[0].getMessage());
    }
}
