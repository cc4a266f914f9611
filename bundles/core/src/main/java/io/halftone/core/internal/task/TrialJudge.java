package io.halftone.core.internal.task;

import io.halftone.api.CalibrationSettings;
import io.halftone.api.QuantizeResult.Trial;
import io.halftone.api.Sampling;
import io.halftone.core.internal.calibrate.CalibrationPrompts;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.plan.Scan;
import io.halftone.core.internal.quantize.QuantizedModel;
import io.halftone.core.internal.run.Backbone;
import io.halftone.core.internal.run.EagerBackbone;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.core.internal.run.RewritingOps;
import io.halftone.core.internal.run.RunningPipeline;
import io.halftone.imaging.Picture;
import io.halftone.metrics.ImageMetrics;
import io.halftone.ops.EagerOps;
import io.halftone.ops.EagerRuntime;
import java.io.IOException;
import java.util.List;

/** Judges quantized models by pictures of prompts that were not calibrated with, against full precision. */
final class TrialJudge {
    private static final int PROMPTS = 4;

    private final Workplace work;
    private final OpenPipeline pipeline;
    private final Scan scan;
    private final Sampling sampling;
    private List<Picture> expected;

    /**
     * @throws IllegalArgumentException if the list of prompts has none left
     */
    TrialJudge(Workplace work, OpenPipeline pipeline, Scan scan, CalibrationSettings runs) throws IOException {
        this.work = work;
        this.pipeline = pipeline;
        this.scan = scan;
        this.sampling = new Sampling(CalibrationPrompts.beyond(runs, pipeline.folder().path(), PROMPTS), "", runs.steps(), runs.guidanceScale(),
            runs.height(), runs.width(), runs.seed(), "");
    }

    /** The prompts of the pictures. */
    List<String> prompts() {
        return sampling.prompts();
    }

    /** The pictures of full precision. */
    List<Picture> expected(Monitor monitor) throws IOException {
        if (expected == null) {
            expected = pictures(null, monitor);
        }
        return expected;
    }

    Trial judge(long seed, QuantizedModel model, Monitor monitor) throws IOException {
        expected(monitor);
        List<Picture> found = pictures(model, monitor);
        double psnr = 0;
        double ssim = 0;
        for (int i = 0; i < expected.size(); i++) {
            psnr += ImageMetrics.psnr(expected.get(i), found.get(i)) / expected.size();
            ssim += ImageMetrics.ssim(expected.get(i), found.get(i)) / expected.size();
        }
        return new Trial(seed, psnr, ssim);
    }

    /** The pictures of a model; of full precision where it is null. */
    List<Picture> pictures(QuantizedModel model, Monitor monitor) throws IOException {
        return work.runtime().run(new EagerRuntime.Task<List<Picture>>() {
            @Override
            public <T> List<Picture> run(EagerRuntime.Context<T> context) {
                RunningPipeline<T> parts = new RunningPipeline<>(pipeline, context, monitor);
                PictureRun<T> run = new PictureRun<>(parts, sampling, monitor);
                Backbone<T> backbone = new EagerBackbone<>(pipeline, parts.backboneOps(), "");
                if (model != null) {
                    EagerOps<T> ops = parts.backboneOps("calibrated weights", model.parameters(), model.added());
                    backbone = new EagerBackbone<>(pipeline, new RewritingOps<>(ops, model.rewrites(scan, work.plugins())), "");
                }
                return run.run("judge", backbone, new Timings(), new TensorDump<>(parts.ops(), false));
            }
        });
    }
}
