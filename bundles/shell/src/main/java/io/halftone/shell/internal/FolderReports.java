package io.halftone.shell.internal;

import io.halftone.api.FuseLoraResult;
import io.halftone.api.LoraReport;
import io.halftone.api.SynthesizeResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What pipeline folders were written, and which LoRAs one has. */
final class FolderReports {
    private FolderReports() {}

    static Report of(SynthesizeResult result) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("directory", result.directory());
        values.put("parameters", result.parameters());
        values.put("bytes", result.bytes());
        values.put("seconds", result.seconds());
        return new Report(values, out -> {
            Facts.line(out, "folder", result.directory() + " (" + Facts.megabytes(result.bytes()) + ")");
            var table = Facts.table(List.of("component"));
            table.column("parameters").alignRight();
            result.parameters().forEach((component, count) -> table.addRow().addContent(component, count));
            table.print(out);
            Facts.line(out, "time", Facts.seconds(result.seconds()));
        });
    }

    static Report of(FuseLoraResult result) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("directory", result.directory());
        values.put("changed", result.changed());
        values.put("seconds", result.seconds());
        return new Report(values, out -> {
            Facts.line(out, "folder", result.directory());
            result.changed().forEach((component, count) -> Facts.line(out, "changed", count + " weights of " + component));
            Facts.line(out, "time", Facts.seconds(result.seconds()));
        });
    }

    static Report of(LoraReport result) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("fused", result.fused());
        values.put("unfused", result.unfused());
        return new Report(values, out -> {
            if (result.fused().isEmpty() && result.unfused().isEmpty()) {
                out.println("no LoRAs");
            }
            result.fused().forEach(lora -> Facts.line(out, "fused", lora));
            result.unfused().forEach(layer -> Facts.line(out, "not fused", layer));
        });
    }
}
