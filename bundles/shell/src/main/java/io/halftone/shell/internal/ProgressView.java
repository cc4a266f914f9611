package io.halftone.shell.internal;

import io.halftone.api.ProgressListener.Progress;

/** Shows how a job gets on. Used by one thread. */
interface ProgressView {
    /** Shows nothing. */
    ProgressView NONE = new ProgressView() {
        @Override
        public void show(Progress progress) { }

        @Override
        public void end(boolean done) { }
    };

    /** A step is done, or a stage begins. */
    void show(Progress progress);

    /**
     * Nothing more comes.
     *
     * @param done whether the job is done; otherwise it failed or was cancelled
     */
    void end(boolean done);
}
