package io.halftone.tensorrt.internal;

import java.util.ArrayDeque;
import java.util.Deque;

/** What is to be released, the last that was made first; all of it, whatever one release throws. */
final class Releases {
    private final Deque<Runnable> steps = new ArrayDeque<>();

    /** Adds a release, and hands on what it is of. */
    <T> T add(T made, Runnable release) {
        steps.push(release);
        return made;
    }

    /** Releases everything, once. Throws what was thrown first, with the others suppressed. */
    void run() {
        RuntimeException failure = null;
        while (!steps.isEmpty()) {
            try {
                steps.pop().run();
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Releases everything after a failure, which stays the one to throw. */
    void runAfter(RuntimeException failure) {
        try {
            run();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }
}
