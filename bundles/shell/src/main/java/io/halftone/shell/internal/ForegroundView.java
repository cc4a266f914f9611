package io.halftone.shell.internal;

import io.halftone.api.ProgressListener.Progress;
import java.util.function.BooleanSupplier;

/** Shows progress while the command is in the foreground; a command that is brought there goes on with what it hears next. */
record ForegroundView(ProgressView view, BooleanSupplier background) implements ProgressView {
    @Override
    public void show(Progress progress) {
        if (!background.getAsBoolean()) {
            view.show(progress);
        }
    }

    @Override
    public void end(boolean done) {
        if (!background.getAsBoolean()) {
            view.end(done);
        }
    }
}
