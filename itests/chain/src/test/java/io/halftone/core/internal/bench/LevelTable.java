package io.halftone.core.internal.bench;

import io.halftone.api.PlanRequest;
import io.halftone.api.PlanResult;
import io.halftone.api.PlanResult.Kind;
import io.halftone.api.PlanResult.PlannedLayer;
import io.halftone.api.QuantSettings;
import io.halftone.core.internal.Chain;
import io.halftone.quant.QuantLevel;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What the levels of the policies quantize of the published models, as a Markdown table, and where the policies differ. */
public final class LevelTable {
    private static final List<String> PRESETS = List.of("sdxl-1.0", "sdxl-turbo", "sd2.1", "sd2.1-base", "sd3-medium", "flux-dev", "flux-schnell");

    private LevelTable() {}

    /** Prints the table. */
    public static void main(String[] args) {
        System.out.println("| model | level | `standard` | share of weights | `reference` | share of weights | only `standard` | only `reference` |");
        System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- |");
        for (String preset : PRESETS) {
            for (String level : List.of("1", "2", "2.5", "3", "4")) {
                PlanResult standard = plan(preset, level, "standard");
                PlanResult reference = plan(preset, level, "reference");
                if (standard == null || reference == null) {
                    System.out.printf("| %s | %s | nothing: refused | | nothing: refused | | | |%n", preset, level);
                    continue;
                }
                System.out.printf(Locale.ROOT, "| %s | %s | %s | %.0f %% | %s | %.0f %% | %s | %s |%n", preset, level, counts(standard),
                    100 * standard.share(), counts(reference), 100 * reference.share(), beyond(standard, reference), beyond(reference, standard));
            }
        }
        System.exit(0);
    }

    private static PlanResult plan(String preset, String level, String policy) {
        try {
            return Chain.halftone().plan(new PlanRequest("", preset, "", new QuantSettings("fp8", new QuantLevel(level), policy, "max", Map.of(), "default",
                1, List.of())));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static String counts(PlanResult plan) {
        return plan.quantized(Kind.CONV) + " conv, " + plan.quantized(Kind.LINEAR) + " linear"
            + (plan.quantized(Kind.ATTENTION) == 0 ? "" : ", " + plan.quantized(Kind.ATTENTION) + " attention");
    }

    /** The layers that one quantizes and the other does not, by the last parts of their names. */
    private static String beyond(PlanResult one, PlanResult other) {
        Set<String> has = other.layers().stream().filter(PlannedLayer::quantized).map(PlannedLayer::name).collect(Collectors.toSet());
        Map<String, Integer> names = new TreeMap<>();
        one.layers().stream().filter(l -> l.quantized() && !has.contains(l.name()))
            .forEach(l -> names.merge("`" + l.name().replaceFirst("^(.*_blocks)\\.\\d+\\.", "$1.*.").replaceAll("\\.\\d+\\.", ".*.") + "`", 1, Integer::sum));
        return names.entrySet().stream().map(e -> e.getValue() + " " + e.getKey()).collect(Collectors.joining(", "));
    }
}
