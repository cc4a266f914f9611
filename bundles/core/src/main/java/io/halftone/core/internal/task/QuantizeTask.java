package io.halftone.core.internal.task;

import io.halftone.api.ExportResult;
import io.halftone.api.PlanResult;
import io.halftone.api.QuantSettings;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.QuantizeResult;
import io.halftone.core.internal.job.JobRunner;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.plan.Planner;
import io.halftone.core.internal.plan.Scan;
import io.halftone.core.internal.quantize.CalibrationPrompts;
import io.halftone.core.internal.quantize.Quantization;
import io.halftone.core.internal.quantize.Sizes;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.pipeline.PipelineSpec;
import io.halftone.quant.CalibrationRun.Planned;
import io.halftone.quant.Collector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Calibrates, quantizes, writes the checkpoint, and exports. */
public final class QuantizeTask implements JobRunner.Task<QuantizeResult> {
    private static final String EXPORTER = "onnx";

    private final Workplace work;
    private final QuantizeRequest request;
    private final OpenPipeline pipeline;
    private final Scan scan;
    private final List<Planned> plan;
    private final PlanResult described;
    private final List<String> prompts;

    /** Checks the request; everything that can be refused without tensors is refused here. */
    public QuantizeTask(Workplace work, QuantizeRequest request) throws IOException {
        this.work = work;
        this.request = request;
        QuantSettings settings = request.settings();
        var planner = new Planner(settings.policy(), work.plugins().policies().get(settings.policy()), settings.level(), settings.format(),
            work.plugins().formats().get(settings.format()));
        Workplace.checkOptions("algorithm " + settings.algorithm(), settings.options(),
            work.plugins().algorithms().get(settings.algorithm()).options());
        work.plugins().algorithms().get(settings.algorithm()).check(settings.options());
        work.plugins().collectors().get(settings.collector());
        // checks that the fraction leaves a step
        new Collector.Request(Collector.Request.NO_AXIS, request.calibration().steps(), settings.percentile());
        Workplace.checkOptions("exporter " + EXPORTER, request.exportOptions(), work.plugins().exporters().get(EXPORTER).options());
        work.plugins().exporters().get(EXPORTER).check(request.exportOptions());
        this.pipeline = work.open(request.source());
        try {
            PipelineSpec spec = pipeline.spec();
            this.scan = pipeline.scan(spec.backbone());
            this.plan = planner.plan(scan.layers());
            this.described = planner.describe(pipeline.config().component(spec.backbone()).className(), scan.layers());
            this.prompts = CalibrationPrompts.of(request.calibration(), pipeline.folder().path());
            var batch = Sizes.batch(spec, prompts, "", request.calibration().guidanceScale(), request.calibration().height(),
                request.calibration().width());
            // the schedule refuses a number of steps that it has not
            pipeline.scheduler().schedule(pipeline.schedulerConfig(), spec.run(request.calibration().steps(), batch.height(), batch.width()));
            // last: what is refused leaves no folder behind
            if (!request.checkpoint().isEmpty()) {
                Outputs.file("quantized-torch-ckpt-save-path", request.checkpoint());
            }
            if (!request.onnxDirectory().isEmpty()) {
                Outputs.folder("onnx-dir", request.onnxDirectory());
            }
        } catch (IOException | RuntimeException e) {
            pipeline.close();
            throw e;
        }
    }

    @Override
    public QuantizeResult run(Monitor monitor) throws IOException {
        Stopwatch watch = new Stopwatch();
        try (pipeline; Quantization quantization = Quantization.calibrate(pipeline, work.runtime(), work.plugins(), plan, request.settings(),
                request.calibration(), prompts, monitor)) {
            long bytes = 0;
            if (!request.checkpoint().isEmpty()) {
                Path target = Outputs.file("quantized-torch-ckpt-save-path", request.checkpoint());
                quantization.write(target, monitor);
                bytes = Files.size(target);
            }
            List<ExportResult> exports = request.onnxDirectory().isEmpty() ? List.of()
                : List.of(ExportTask.export(work, pipeline, scan, quantization.model(), EXPORTER, request.onnxDirectory(), request.exportOptions(),
                    monitor));
            return new QuantizeResult(request.checkpoint(), described, prompts.size(), request.calibration().steps(), watch.seconds(), bytes, exports);
        }
    }
}
