package io.halftone.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.CalibrationSettings;
import io.halftone.api.PipelineSource;
import io.halftone.api.QuantSettings;
import io.halftone.core.internal.calibrate.CalibrationPrompts;
import io.halftone.core.internal.plan.Planner;
import io.halftone.core.internal.quantize.Recipe;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.ops.DType;
import io.halftone.ops.Device;
import io.halftone.quant.PlanRule;
import io.halftone.quant.QuantLevel;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Everything that says what is computed changes the digest. */
class DigestTest {
    private static final QuantSettings SETTINGS = settings("int8", "3", "standard", "smoothquant", Map.of(), "default", 1, List.of());
    private static final CalibrationSettings RUNS = runs(List.of(), 4, 2, 2, Double.NaN, 0, 0, 1);

    @Test
    void everySettingChangesIt() throws Exception {
        Map<String, QuantSettings> others = new LinkedHashMap<>();
        others.put("format", settings("fp8", "3", "standard", "smoothquant", Map.of(), "default", 1, List.of()));
        others.put("level", settings("int8", "2", "standard", "smoothquant", Map.of(), "default", 1, List.of()));
        others.put("policy", settings("int8", "3", "reference", "smoothquant", Map.of(), "default", 1, List.of()));
        others.put("algorithm", settings("int8", "3", "standard", "max", Map.of(), "default", 1, List.of()));
        others.put("options", settings("int8", "3", "standard", "smoothquant", Map.of("alpha", "0.5"), "default", 1, List.of()));
        others.put("collector", settings("int8", "3", "standard", "smoothquant", Map.of(), "min-mean", 1, List.of()));
        others.put("percentile", settings("int8", "3", "standard", "smoothquant", Map.of(), "default", 0.5, List.of()));
        others.put("rules", settings("int8", "3", "standard", "smoothquant", Map.of(), "default", 1,
            List.of(new PlanRule("mid_block.*", "", false, "", "", ""))));
        assertEquals(names(QuantSettings.class), others.keySet(), "every setting is tried");
        Set<String> digests = new TreeSet<>(Set.of(digest(Chain.TINY, SETTINGS, RUNS)));
        for (Map.Entry<String, QuantSettings> other : others.entrySet()) {
            assertTrue(digests.add(digest(Chain.TINY, other.getValue(), RUNS)), other.getKey() + " changes nothing");
        }
    }

    @Test
    void everythingAboutTheRunsChangesIt() throws Exception {
        Map<String, CalibrationSettings> others = new LinkedHashMap<>();
        others.put("prompts", runs(List.of("a", "b", "c", "d"), 4, 2, 2, Double.NaN, 0, 0, 1));
        others.put("size", runs(List.of(), 3, 2, 2, Double.NaN, 0, 0, 1));
        others.put("batchSize", runs(List.of(), 4, 1, 2, Double.NaN, 0, 0, 1));
        others.put("steps", runs(List.of(), 4, 2, 3, Double.NaN, 0, 0, 1));
        others.put("guidanceScale", runs(List.of(), 4, 2, 2, 2, 0, 0, 1));
        others.put("height", runs(List.of(), 4, 2, 2, Double.NaN, 64, 0, 1));
        others.put("width", runs(List.of(), 4, 2, 2, Double.NaN, 0, 64, 1));
        others.put("seed", runs(List.of(), 4, 2, 2, Double.NaN, 0, 0, 2));
        Set<String> components = names(CalibrationSettings.class);
        components.remove("promptsFile");   // the prompts in it count, not its path
        assertEquals(components, others.keySet(), "everything is tried");
        Set<String> digests = new TreeSet<>(Set.of(digest(Chain.TINY, SETTINGS, RUNS)));
        for (Map.Entry<String, CalibrationSettings> other : others.entrySet()) {
            assertTrue(digests.add(digest(Chain.TINY, SETTINGS, other.getValue())), other.getKey() + " changes nothing");
        }
    }

    @Test
    void theModelAndItsTypeChangeItAndItsPathDoesNot() throws Exception {
        String expected = digest(Chain.TINY, SETTINGS, RUNS);
        assertEquals(expected, digest(PipelineSource.of(Chain.MODELS.resolve("tiny-sdxl")), SETTINGS, RUNS));
        assertNotEquals(expected, digest(new PipelineSource("", "tiny-sdxl", DType.FLOAT16), SETTINGS, RUNS));
        assertNotEquals(expected, digest(new PipelineSource("", "tiny-sd21", DType.FLOAT32), SETTINGS, RUNS));
    }

    @Test
    void sayingWhatIsUsualChangesNothing() throws Exception {
        assertEquals(digest(Chain.TINY, SETTINGS, RUNS),
            digest(Chain.TINY, settings("int8", "3.0", "standard", "smoothquant", Map.of("alpha", "0.8"), "default", 1, List.of()), RUNS));
        assertEquals(digest(Chain.TINY, SETTINGS, RUNS), digest(Chain.TINY, SETTINGS, runs(List.of(), 4, 2, 2, 5, 128, 128, 1)));
    }

    private static Set<String> names(Class<?> record) {
        Set<String> names = new TreeSet<>();
        Arrays.stream(record.getRecordComponents()).map(RecordComponent::getName).forEach(names::add);
        return names;
    }

    private static String digest(PipelineSource source, QuantSettings settings, CalibrationSettings runs) throws IOException {
        try (OpenPipeline pipeline = Chain.WORK.open(source)) {
            var plan = new Planner(settings, Chain.PLUGINS).plan(pipeline.scan(pipeline.spec().backbone()).layers());
            return Recipe.head(pipeline, Chain.PLUGINS, plan, settings, runs, CalibrationPrompts.of(runs, pipeline.folder().path()), Device.HOST)
                .path("digest").asText();
        }
    }

    private static QuantSettings settings(String format, String level, String policy, String algorithm, Map<String, String> options, String collector,
                                          double percentile, List<PlanRule> rules) {
        return new QuantSettings(format, new QuantLevel(level), policy, algorithm, options, collector, percentile, rules);
    }

    private static CalibrationSettings runs(List<String> prompts, int size, int batchSize, int steps, double guidance, long height, long width, long seed) {
        return new CalibrationSettings(prompts, "", size, batchSize, steps, guidance, height, width, seed);
    }
}
