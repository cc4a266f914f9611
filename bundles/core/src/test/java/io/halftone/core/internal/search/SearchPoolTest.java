package io.halftone.core.internal.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.core.internal.job.Monitor;
import io.halftone.ops.EagerRuntime;
import java.util.List;
import org.junit.jupiter.api.Test;

class SearchPoolTest {
    @Test
    void aWorkerThatCannotBeginFailsThoseWhoWait() {
        EagerRuntime broken = new EagerRuntime() {
            @Override
            public <R> R run(Task<R> task) {
                throw new IllegalStateException("found no library");
            }

            @Override
            public <R> R run(int threads, Task<R> task) {
                assertEquals(1, threads, "bits depend on it");
                throw new IllegalStateException("found no library");
            }

            @Override
            public String description() {
                return "broken";
            }
        };
        try (SearchPool pool = new SearchPool(new Subject(null, List.of(), List.of(), 1, 0), broken, 2, Monitor.silent())) {
            for (int again = 0; again < 2; again++) {
                var e = assertThrows(IllegalStateException.class, () -> pool.take("measure", 3, (run, i) -> i));
                assertEquals("found no library", e.getMessage());
            }
        }
    }
}
