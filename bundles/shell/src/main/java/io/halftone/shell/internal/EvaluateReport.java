package io.halftone.shell.internal;

import io.halftone.api.EvaluateResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.karaf.shell.support.table.ShellTable;

/** How far each variant is from full precision. */
final class EvaluateReport {
    private EvaluateReport() {}

    static Report of(EvaluateResult result) {
        Map<String, Object> values = new LinkedHashMap<>();
        List<Map<String, Object>> variants = new ArrayList<>();
        result.variants().forEach(variant -> variants.add(values(variant)));
        values.put("variants", variants);
        values.put("html", Facts.orNull(result.html()));
        values.put("json", Facts.orNull(result.json()));
        values.put("csv", Facts.orNull(result.csv()));
        values.put("made", result.made());
        values.put("kept", result.kept());
        values.put("seconds", result.seconds());
        return new Report(values, out -> {
            if (!result.html().isEmpty()) {
                Facts.line(out, "report", result.html());
                Facts.line(out, "figures", result.json());
            }
            Facts.line(out, "pictures", result.made() + " made" + (result.kept() == 0 ? "" : ", " + result.kept() + " there already"));
            Facts.line(out, "time", Facts.seconds(result.seconds()));
            if (result.variants().isEmpty()) {
                return;   // a slice: the last run compares
            }
            out.println();
            ShellTable table = Facts.table(List.of("variant", "PSNR dB", "worst", "SSIM", "MS-SSIM", "LPIPS", "CLIP", "call ms",
                "weights"));
            for (EvaluateResult.Variant v : result.variants()) {
                table.addRow().addContent(v.name(), Facts.decibels(v.psnr()), Facts.decibels(v.worstPsnr()), number(v.ssim()),
                    number(v.msSsim()),
                    number(v.lpips()), number(v.clip()), String.format(Locale.ROOT, "%.1f", v.medianMillis()), Facts.megabytes(v.bytes()));
            }
            table.print(out);
        });
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.4f", value);
    }

    private static Map<String, Object> values(EvaluateResult.Variant variant) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("name", variant.name());
        values.put("pictures", variant.pictures());
        values.put("psnr", variant.psnr());
        values.put("worstPsnr", variant.worstPsnr());
        values.put("ssim", variant.ssim());
        values.put("msSsim", variant.msSsim());
        values.put("lpips", variant.lpips());
        values.put("clip", variant.clip());
        values.put("medianMillis", variant.medianMillis());
        values.put("bytes", variant.bytes());
        values.put("note", Facts.orNull(variant.note()));
        return values;
    }
}
