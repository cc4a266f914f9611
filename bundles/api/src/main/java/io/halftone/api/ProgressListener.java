package io.halftone.api;

import org.osgi.annotation.versioning.ConsumerType;

/** Hears how a job gets on; called by the job's thread, which waits meanwhile. */
@ConsumerType
public interface ProgressListener {
    /** Hears nothing. */
    ProgressListener NONE = progress -> { };

    /** A step is done, or a stage begins. */
    void progress(Progress progress);

    /**
     * How far a job is.
     *
     * @param stage what it is doing: calibrate, export ...
     * @param done  units that are done
     * @param total units in all; 0 where that is not known
     * @param unit  what is counted: step, tensor ...
     */
    record Progress(String stage, long done, long total, String unit) {
        /** Of a job that has said nothing yet. */
        public static final Progress NONE = new Progress("", 0, 0, "");
    }
}
