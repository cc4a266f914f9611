package io.halftone.shell.internal;

import io.halftone.api.Diagnosis;
import io.halftone.api.Finding;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What was found on the machine: a line for each thing, and lines below it for what would be right and what to do. */
final class DoctorReport {
    private DoctorReport() {}

    static Report of(Diagnosis diagnosis, Colours colours) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("problems", diagnosis.problems().size());
        values.put("findings", diagnosis.findings().stream().map(DoctorReport::values).toList());
        return new Report(values, out -> {
            int width = diagnosis.findings().stream().mapToInt(finding -> finding.subject().length()).max().orElse(0);
            diagnosis.findings().forEach(finding -> print(finding, width, colours, out));
        });
    }

    private static Map<String, Object> values(Finding finding) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("level", Facts.name(finding.level()));
        values.put("subject", finding.subject());
        values.put("found", finding.found());
        values.put("expected", Facts.orNull(finding.expected()));
        values.put("remedy", Facts.orNull(finding.remedy()));
        return values;
    }

    private static void print(Finding finding, int width, Colours colours, PrintStream out) {
        String format = "%-7s  %-" + Math.max(1, width) + "s  %s";
        String level = Facts.name(finding.level());
        String line = String.format(Locale.ROOT, format, level, finding.subject(), finding.found());
        out.println(coloured(finding.level(), level, colours) + line.substring(level.length()));
        if (!finding.expected().isEmpty()) {
            out.println(String.format(Locale.ROOT, format, "", "", "expected: " + finding.expected()));
        }
        if (!finding.remedy().isEmpty()) {
            out.println(String.format(Locale.ROOT, format, "", "", "to do: " + finding.remedy()));
        }
    }

    private static String coloured(Finding.Level level, String name, Colours colours) {
        return switch (level) {
            case OK -> colours.good(name);
            case NOTE -> colours.doubtful(name);
            case PROBLEM -> colours.bad(name);
        };
    }
}
