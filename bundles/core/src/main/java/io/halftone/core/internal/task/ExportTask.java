package io.halftone.core.internal.task;

import io.halftone.api.ExportRequest;
import io.halftone.api.ExportResult;
import io.halftone.core.internal.Plugins;
import io.halftone.core.internal.job.JobRunner;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.plan.Scan;
import io.halftone.core.internal.quantize.BackboneExport;
import io.halftone.core.internal.quantize.QuantizedCheckpoint;
import io.halftone.core.internal.quantize.QuantizedModel;
import io.halftone.core.internal.quantize.Recipe;
import io.halftone.core.internal.run.ModelOptions;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.export.ExportJob;
import io.halftone.export.ExportReport;
import io.halftone.export.Exporter;
import io.halftone.files.NewFolders;
import io.halftone.ops.Parameters;
import io.halftone.synthesis.PipelineSynthesis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Exports a backbone: a restored checkpoint, or the pipeline's own in full precision. */
public final class ExportTask implements JobRunner.Task<ExportResult> {
    private final Workplace work;
    private final ExportRequest request;
    private final OpenPipeline pipeline;

    /** Checks the request. */
    public ExportTask(Workplace work, ExportRequest request) throws IOException {
        this.work = work;
        this.request = request;
        Exporter exporter = work.plugins().exporters().get(request.exporter());
        if (!request.restoreFrom().isEmpty()) {
            Backbones.expectCheckpoint(request.restoreFrom());
        }
        this.pipeline = work.open(request.source());
        try {
            check(request.exporter(), exporter, pipeline, request.options());
            Outputs.folder("onnx-dir", request.directory());
        } catch (RuntimeException e) {
            pipeline.close();
            throw e;
        }
    }

    /** Refuses options that neither the exporter nor the backbone's adapter honours, and values that they do not take. */
    static void check(String name, Exporter exporter, OpenPipeline pipeline, Map<String, String> options) {
        String backbone = pipeline.spec().backbone();
        Set<String> names = new TreeSet<>(exporter.options());
        names.addAll(pipeline.model(backbone).options());
        Workplace.checkOptions("exporter " + name, options, names);
        ModelOptions own = ModelOptions.of(pipeline.model(backbone), options);
        pipeline.model(backbone).signature(own.in(pipeline.config().component(backbone)));
        Map<String, String> rest = new TreeMap<>(options);
        rest.keySet().retainAll(exporter.options());
        exporter.check(rest);
    }

    @Override
    public ExportResult run(Monitor monitor) throws IOException {
        try (pipeline) {
            return export(work, pipeline, request, monitor);
        }
    }

    /** Exports an open pipeline's backbone as the request says, whose source is not looked at. */
    static ExportResult export(Workplace work, OpenPipeline pipeline, ExportRequest request, Monitor monitor) throws IOException {
        String backbone = pipeline.spec().backbone();
        Scan scan = pipeline.scan(backbone);
        if (!request.restoreFrom().isEmpty()) {
            try (QuantizedCheckpoint checkpoint = Backbones.restore(Path.of(request.restoreFrom()), pipeline)) {
                QuantizedModel model = checkpoint.model(pipeline);
                scan.check(request.restoreFrom(), model.parameters(), false, model.added());
                return export(work, pipeline, scan, model, request.exporter(), request.directory(), request.options(), monitor);
            }
        }
        Parameters weights = pipeline.parameters(backbone);
        scan.check(pipeline.folder().path().resolve(backbone).toString(), weights, false, Set.of());
        ExportJob job = new BackboneExport(pipeline, scan, Map.of(), Map.of(), weights, facts(pipeline), request.options(), monitor);
        return write(work.plugins(), pipeline, job, request.exporter(), request.directory(), monitor);
    }

    static ExportResult export(Workplace work, OpenPipeline pipeline, Scan scan, QuantizedModel model, String exporter, String directory,
                               Map<String, String> options, Monitor monitor) throws IOException {
        ExportJob job = new BackboneExport(pipeline, scan, model.rewrites(scan, work.plugins()), model.slots(), model.parameters(),
            Map.of(Recipe.KEY, model.recipe().json()), options, monitor);
        return write(work.plugins(), pipeline, job, exporter, directory, monitor);
    }

    /** What a file in full precision says of itself. */
    private static Map<String, String> facts(OpenPipeline pipeline) {
        return pipeline.synthetic().isEmpty() ? Map.of() : Map.of(PipelineSynthesis.MARK, pipeline.synthetic());
    }

    private static ExportResult write(Plugins plugins, OpenPipeline pipeline, ExportJob job, String exporter, String directory,
                                      Monitor monitor) throws IOException {
        Stopwatch watch = new Stopwatch();
        Path folder = Outputs.folder("onnx-dir", directory);
        ExportReport report;
        try (NewFolders made = NewFolders.make(folder)) {
            report = plugins.exporters().get(exporter).export(job, folder);
            made.keep();
        }
        report.digests().forEach(monitor::wrote);
        return new ExportResult(report.model().toString(), report.files().stream().map(Path::toString).toList(), report.quantized().size(),
            report.nodes(), report.bytes(), watch.seconds(), pipeline.synthetic().isEmpty() ? "" : "the weights are synthetic: " + pipeline.synthetic());
    }
}
