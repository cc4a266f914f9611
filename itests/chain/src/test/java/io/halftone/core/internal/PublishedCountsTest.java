package io.halftone.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.api.PlanRequest;
import io.halftone.api.PlanResult;
import io.halftone.api.PlanResult.Kind;
import io.halftone.api.QuantSettings;
import io.halftone.core.internal.plan.Scan;
import io.halftone.model.ModelConfig;
import io.halftone.ops.Shape;
import io.halftone.pipeline.PipelineConfig;
import io.halftone.pipeline.Preset;
import io.halftone.quant.QuantLevel;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each level quantizes of the published models, counted on the presets' configurations, without any weights. */
class PublishedCountsTest {
    private static final Pattern EXCLUDED = Pattern.compile(
        ".*(time_emb_proj|time_embedding|conv_in|conv_out|conv_shortcut|add_embedding|pos_embed|time_text_embed|context_embedder|norm_out|x_embedder).*");

    /** Counted by others on the modules of the published models. */
    @ParameterizedTest
    @CsvSource({
        "sdxl-1.0, 51 743 140, 38 0 0, 38 140 0, 38 560 0, 38 722 0, 38 722 140",
        "sdxl-turbo, 51 743 140, 38 0 0, 38 140 0, 38 560 0, 38 722 0, 38 722 140",
        "sd2.1, 66 216 32, 50 0 0, 50 32 0, 50 128 0, 50 192 0, 50 192 32",
        "sd2.1-base, 66 216 32, 50 0 0, 50 32 0, 50 128 0, 50 192 0, 50 192 32",
        "sd3-medium, 1 340 24, -, 0 48 0, 0 120 0, 0 333 0, 0 333 24",
        "flux-dev, 0 504 57, -, 0 38 0, 0 209 0, 0 494 0, 0 494 57",
        "flux-schnell, 0 502 57, -, 0 38 0, 0 209 0, 0 494 0, 0 494 57"})
    void byName(String preset, String total, String one, String two, String twoAndAHalf, String three, String four) {
        Map<String, String> levels = Map.of("1", one, "2", two, "2.5", twoAndAHalf, "3", three, "3.0", three);
        levels.forEach((level, counts) -> assertEquals(counts, counts(preset, QuantSettings.int8(new QuantLevel(level)), "reference"), level));
        assertEquals(four, counts(preset, QuantSettings.fp8(new QuantLevel("4")), "reference"));
        PlanResult plan = plan(preset, QuantSettings.fp8(new QuantLevel("4")), "reference");
        assertEquals(total, plan.total(Kind.CONV) + " " + plan.total(Kind.LINEAR) + " " + plan.total(Kind.ATTENTION));
    }

    @ParameterizedTest
    @CsvSource({"flux-dev, 495", "flux-schnell, 495", "sdxl-1.0, 722", "sd3-medium, 333"})
    void byNameOfTheOldestRelease(String preset, int linear) {
        assertEquals(linear, plan(preset, QuantSettings.int8(new QuantLevel("3")), "reference-0.21").quantized(Kind.LINEAR));
    }

    /** The rules applied to the names and ranks of a state dict, by other code than the policy's. */
    @ParameterizedTest
    @ValueSource(strings = {"sdxl-1.0", "sd2.1", "sd3-medium", "flux-dev", "flux-schnell"})
    void theLayersAreThoseThatTheRulesGiveOnTheStateDict(String preset) throws Exception {
        Map<String, Shape> stateDict = stateDict(preset);
        for (String level : List.of("2", "2.5", "3")) {
            Set<String> expected = new TreeSet<>();
            stateDict.forEach((name, shape) -> {
                if (name.endsWith(".weight") && (shape.rank() == 2 || shape.rank() == 4)) {
                    String module = name.substring(0, name.length() - ".weight".length());
                    if (chosen(module, shape.rank() == 4, Double.parseDouble(level))) {
                        expected.add(module);
                    }
                }
            });
            Set<String> found = plan(preset, QuantSettings.int8(new QuantLevel(level)), "reference").layers().stream()
                .filter(PlanResult.PlannedLayer::quantized).map(PlanResult.PlannedLayer::name).collect(Collectors.toCollection(TreeSet::new));
            assertEquals(expected, found, preset + " at level " + level);
        }
    }

    private static boolean chosen(String module, boolean conv, double level) {
        if (EXCLUDED.matcher(module).matches() || module.equals("proj_out")) {
            return false;
        }
        boolean feedForward = module.contains("ff.net");
        boolean qkv = module.contains("to_q") || module.contains("to_k") || module.contains("to_v");
        return conv || level >= 3 || feedForward || level >= 2.5 && qkv;
    }

    @ParameterizedTest
    @CsvSource({"sdxl-1.0, 3, 38 722 0", "sd2.1, 2.5, 50 128 0"})
    void byRoleUNetsAreTheSame(String preset, String level, String counts) {
        assertEquals(counts, counts(preset, QuantSettings.int8(new QuantLevel(level)), "standard"));
    }

    private static String counts(String preset, QuantSettings settings, String policy) {
        if (settings.level().name().equals("1") && !preset.startsWith("sd2") && !preset.startsWith("sdxl")) {
            assertThrows(IllegalArgumentException.class, () -> plan(preset, settings, policy));
            return "-";
        }
        PlanResult plan = plan(preset, settings, policy);
        return plan.quantized(Kind.CONV) + " " + plan.quantized(Kind.LINEAR) + " " + plan.quantized(Kind.ATTENTION);
    }

    private static PlanResult plan(String preset, QuantSettings settings, String policy) {
        return Chain.halftone().plan(new PlanRequest("", preset, "", new QuantSettings(settings.format(), settings.level(), policy,
            settings.algorithm(), settings.options(), settings.collector(), 1, List.of())));
    }

    private static Map<String, Shape> stateDict(String name) {
        Preset preset = Chain.PLUGINS.presets().get(name);
        PipelineConfig config = Chain.WORK.opener().configuration(name, preset.files());
        ModelConfig backbone = config.component(Chain.PLUGINS.pipelines().get(config.index().className()).spec(config).backbone());
        return Scan.of(Chain.PLUGINS.models().get(backbone.className()), backbone).parameters();
    }
}
