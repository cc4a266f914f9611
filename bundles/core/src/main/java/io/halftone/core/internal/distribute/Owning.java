package io.halftone.core.internal.distribute;

import io.halftone.distribute.OpenWork;
import io.halftone.distribute.UnitSource;
import java.io.Closeable;
import java.io.IOException;

/**
 * Work with what was opened for it.
 *
 * @param owned is closed behind the work
 */
public record Owning(OpenWork work, Closeable owned) implements OpenWork {
    @Override
    public int workers() {
        return work.workers();
    }

    @Override
    public void serve(int worker, UnitSource units) throws IOException {
        work.serve(worker, units);
    }

    @Override
    public void close() throws IOException {
        try (owned) {
            work.close();
        }
    }
}
