package io.halftone.core.internal.search;

import io.halftone.files.Staging;
import io.halftone.ops.Layer;
import io.halftone.quant.Planned;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Sensitivities as comma-separated values, a candidate a line. */
final class SensitivityTable {
    private SensitivityTable() {}

    /** Writes the table, in place of what the file holds. */
    static void write(List<Measured> measured, Collection<Measured> chosen, Path file) throws IOException {
        Set<Measured> taken = new HashSet<>(chosen);
        StringBuilder text = new StringBuilder("layer,role,kind,format,error,cost,chosen\n");
        for (Measured one : measured) {
            Planned planned = one.candidate().planned();
            text.append(String.join(",", planned.layer().name(), planned.layer().role().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                kind(planned.layer()), planned.formatName(), number(one.error()), number(one.share()),
                taken.contains(one) ? "yes" : "no")).append('\n');
        }
        Staging.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.6e", value);
    }

    private static String kind(Layer layer) {
        return layer instanceof Layer.Conv ? "conv" : layer instanceof Layer.Linear ? "linear" : "attention";
    }
}
