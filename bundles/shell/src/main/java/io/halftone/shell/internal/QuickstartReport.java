package io.halftone.shell.internal;

import io.halftone.api.BuildResult;
import io.halftone.api.CompareResult;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.QuantizeResult;
import io.halftone.api.QuantSettings;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the whole chain gave.
 *
 * @param model what its files are called
 */
record QuickstartReport(String model, QuantizeRequest request, QuantizeResult quantized, BuildResult built, CompareResult compared) {
    Report report() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("model", model);
        values.put("format", request.settings().format());
        values.put("level", new BigDecimal(request.settings().level().name()));
        values.put("quantize", QuantizeReport.values(quantized, quantized.notes()));
        values.put("build", BuildReport.values(built));
        values.put("compare", PictureReports.values(compared));
        values.put("seconds", seconds());
        return new Report(values, this::print);
    }

    private void print(PrintStream out) {
        QuantSettings settings = request.settings();
        out.println(model + ": " + settings.format() + ", level " + settings.level() + ", " + settings.algorithm() + ", in "
            + Facts.seconds(seconds()));
        out.println();
        PictureReports.print(compared, out);
        out.println();
        QuantizeReport.print(request, quantized, out);
        BuildReport.print(built, out);
    }

    private double seconds() {
        return quantized.seconds() + built.seconds() + compared.seconds();
    }
}
