package io.halftone.shell.internal;

import io.halftone.api.CalibrationWork;
import io.halftone.api.PlanResult;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.QuantizeResult;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What quantizing gave. */
final class QuantizeReport {
    private static final int SHORT_DIGEST = 12;

    private QuantizeReport() {}

    static Report of(QuantizeRequest request, QuantizeResult result, List<String> notes) {
        return new Report(values(result, notes), out -> {
            print(request, result, out);
            Facts.line(out, "time", Facts.seconds(result.seconds()));
        });
    }

    static Map<String, Object> values(QuantizeResult result, List<String> notes) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("checkpoint", Facts.orNull(result.checkpoint()));
        values.put("files", result.files());
        values.put("bytes", result.bytes());
        values.put("digest", result.digest());
        values.put("samples", result.samples());
        values.put("steps", result.steps());
        values.put("batches", result.batches());
        values.put("trials", result.trials().stream().map(QuantizeReport::values).toList());
        values.put("statistics", Facts.orNull(result.statistics()));
        values.put("notes", notes);
        values.put("seconds", result.seconds());
        values.put("plan", PlanReport.values(result.plan(), false));
        values.put("export", result.exports().isEmpty() ? null : ExportReport.values(result.exports().get(0)));
        return values;
    }

    private static Map<String, Object> values(QuantizeResult.Trial trial) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("seed", trial.seed());
        values.put("psnr", trial.psnr());
        values.put("ssim", trial.ssim());
        return values;
    }

    /** Everything but the time. */
    static void print(QuantizeRequest request, QuantizeResult result, PrintStream out) {
        Facts.line(out, "quantized", PlanReport.counts(result.plan()));
        Facts.line(out, "observed", result.plan().idle().contains(PlanResult.CALIBRATION) ? "nothing: weights alone are quantized"
            : result.samples() + " prompts, " + result.steps() + " steps each" + taken(request, result));
        if (!result.trials().isEmpty()) {
            var table = Facts.table(List.of("trial's seed", "PSNR dB", "SSIM", "kept"));
            for (int i = 0; i < result.trials().size(); i++) {
                QuantizeResult.Trial trial = result.trials().get(i);
                table.addRow().addContent(trial.seed(), Facts.decibels(trial.psnr()), String.format(Locale.ROOT, "%.4f", trial.ssim()),
                    Facts.yesOrNo(i == 0));
            }
            table.print(out);
        }
        if (!result.statistics().isEmpty()) {
            Facts.line(out, "statistics", result.statistics());
        }
        if (!result.checkpoint().isEmpty()) {
            Facts.line(out, "checkpoint", result.checkpoint() + " (" + Facts.megabytes(result.bytes()) + ")");
        }
        result.files().stream().filter(file -> !file.equals(result.checkpoint())).forEach(file -> Facts.line(out, "", file));
        Facts.line(out, "digest", result.digest().substring(0, Math.min(SHORT_DIGEST, result.digest().length())));
        result.exports().forEach(export -> ExportReport.print(export, out));
    }

    /** What part of the batches this run ran, where it is not all of them. */
    private static String taken(QuantizeRequest request, QuantizeResult result) {
        CalibrationWork work = request.work();
        int size = request.calibration().batchSize();
        int all = (result.samples() + size - 1) / size;
        if (work.slices() > 1) {
            return "; " + result.batches() + " of " + all + " batches run for slice " + work.slice() + " of " + work.slices();
        }
        return request.trials() > 1 || result.batches() >= all ? ""
            : "; " + (all - result.batches()) + " of " + all + " batches taken up from earlier statistics";
    }
}
