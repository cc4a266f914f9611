package io.halftone.core.internal.calibrate;

import io.halftone.api.CalibrationSettings;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.core.internal.run.Sizes;
import io.halftone.pipeline.PromptBatch;
import java.util.List;

/**
 * The batches of a calibration.
 *
 * @param pipeline what is calibrated
 * @param runs     how each batch runs
 * @param prompts  all prompts, in order
 * @param observed what is looked at
 * @param digest   of all that says what is calibrated
 */
record CalibrationJob(OpenPipeline pipeline, CalibrationSettings runs, List<String> prompts, Observed observed, String digest) {
    CalibrationJob {
        prompts = List.copyOf(prompts);
    }

    /** The number of batches; the last one may be short. */
    int batches() {
        return (prompts.size() + runs.batchSize() - 1) / runs.batchSize();
    }

    /** Calls of the backbone that a batch has. */
    int calls() {
        return pipeline.schedule(runs.steps(), batch(0)).calls();
    }

    /** The prompts of a batch, with what the settings left to the pipeline. */
    PromptBatch batch(int index) {
        int from = index * runs.batchSize();
        List<String> some = prompts.subList(from, Math.min(prompts.size(), from + runs.batchSize()));
        return Sizes.batch(pipeline.spec(), some, "", runs.guidanceScale(), runs.height(), runs.width());
    }
}
