package io.halftone.core.internal.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.CalibrationSettings;
import io.halftone.api.QuantSettings;
import io.halftone.core.internal.PlannedOnly;
import io.halftone.core.internal.Plugins;
import io.halftone.core.internal.TestModel;
import io.halftone.core.internal.TestPipeline;
import io.halftone.ops.CheckpointException;
import io.halftone.ops.DType;
import io.halftone.ops.Device;
import io.halftone.ops.EagerOps;
import io.halftone.quant.Collector;
import io.halftone.quant.Statistics;
import io.halftone.quant.LayerState;
import io.halftone.quant.PlanRule;
import io.halftone.quant.Planned;
import io.halftone.quant.QuantLevel;
import io.halftone.quant.Range;
import io.halftone.quant.Slot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RecipeTest {
    private static final String SUMMARY = "{\"pipeline\":\"TestPipeline\",\"architecture\":\"TestUNet\",\"component\":\"unet\","
        + "\"source\":\"f00d-unet\",\"computeType\":\"FLOAT16\",\"components\":{},\"scheduler\":{\"_class_name\":\"TestScheduler\"},\"loras\":[],"
        + "\"version\":2,\"quantization\":{\"format\":\"int8\",\"level\":\"2.5\",\"policy\":\"standard\","
        + "\"algorithm\":\"smoothquant\",\"collector\":\"default\",\"percentile\":0.5,\"algorithms\":{\"smoothquant\":{\"alpha\":\"0.8\",\"gamma\":\"3\"}},\"collectors\":{\"default\":\"half\"},"
        + "\"rules\":[{\"layers\":\"conv_in\",\"role\":\"\",\"quantized\":true,\"format\":\"fp8\",\"algorithm\":\"\",\"collector\":\"\"}]},"
        + "\"calibration\":{\"prompts\":2,\"promptsSha256\":\"3844ca4ac657f112242fe874f53ee967e189dae75fcf07a9b71ab8c22a53e06e\","
        + "\"batchSize\":2,\"steps\":20,\"seed\":7,\"operationThreads\":1,\"guidanceScale\":7.5,\"height\":64,\"width\":32},"
        + "\"digest\":\"bdb06da749b6c84b162c84a62dfe87df5c580fe51c44d35ebd54e0c74a2dcff6\"";
    private static final String LAYERS = "\"layers\":{\"conv_in\":{\"algorithm\":\"smoothquant\",\"format\":\"int8\",\"axes\":{\"INPUT\":0,\"WEIGHT\":0},"
        + "\"origins\":{\"INPUT\":\"seen\"},\"vectors\":[\"input_quantizer._pre_quant_scale\"],\"parameters\":[]},\"attn1.to_q\":{\"algorithm\":\"max\","
        + "\"format\":\"fp8\",\"axes\":{\"INPUT\":1},\"origins\":{},\"vectors\":[],\"parameters\":[\"weight_quantizer.low\"]}}";
    private static final String JSON = SUMMARY + "," + LAYERS + "}";

    private static final Planned PLANNED = new Planned(TestModel.CONV_IN, Set.of(Slot.INPUT), "int8", null, "smoothquant", "default");
    private static final Plugins PLUGINS = TestPipeline.plugins(TestPipeline.family("format"),
        TestPipeline.family("algorithm", Plugins.Plugin.of(new WithOptions(), "smoothquant")), TestPipeline.family("policy"),
        TestPipeline.family("collector", Plugins.Plugin.of(new Configured(), "default")));

    static Recipe recipe(String folder) {
        return recipe(folder, Device.HOST);
    }

    private static Recipe recipe(String folder, Device device) {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("beta", "1");
        options.put("alpha", "0.8");
        QuantSettings settings = new QuantSettings("int8", new QuantLevel("2.50"), "standard", "smoothquant", options, "default", 0.5,
            List.of(new PlanRule("conv_in", "", true, "fp8", "", "")));
        CalibrationSettings runs = new CalibrationSettings(List.of(), "prompts.txt", 2, 2, 20, Double.NaN, 0, 0, 7);
        return Recipe.of(Recipe.head(new TestPipeline(Path.of(folder)).open(DType.FLOAT16), PLUGINS, List.of(PLANNED), settings, runs,
            List.of("a cat", "ein Hund"), device), states());
    }

    static List<LayerState> states() {
        return List.of(new LayerState("conv_in", "smoothquant", "int8", Map.of(Slot.WEIGHT, new Range(new float[] {1, 2, 3, 4}, 0), Slot.INPUT,
                Range.of(5)), Map.of(Slot.INPUT, "seen"), Map.of("input_quantizer._pre_quant_scale", new float[] {0.5f, 2}), List.of()),
            new LayerState("attn1.to_q", "max", "fp8", Map.of(Slot.INPUT, new Range(new float[] {1, 2}, 1)), Map.of(), Map.of(),
                List.of("weight_quantizer.low")));
    }

    @Test
    void holdsAllThatWasChosen() {
        assertEquals(JSON, recipe("somewhere").json());
    }

    @Test
    void holdsNoPathSoThatTheSameCommandGivesTheSameBytes() {
        assertEquals(recipe("somewhere").json(), recipe("/else/where").json());
        assertFalse(recipe("/else/where").json().contains("where"));
        assertFalse(recipe("/else/where").json().contains("prompts.txt"));
    }

    @Test
    void aGpuIsNamedAndChangesTheDigestWhicheverOfTheMachinesItIs() {
        Recipe onGpu = recipe("somewhere", new Device("NVIDIA H100", 0));
        assertTrue(onGpu.json().contains("\"device\":\"NVIDIA H100\""), onGpu.json());
        assertNotEquals(recipe("somewhere").digest(), onGpu.digest());
        assertEquals(onGpu.digest(), recipe("somewhere", new Device("NVIDIA H100", 1)).digest());
    }

    @Test
    void comesBackAsItWas() {
        Recipe back = Recipe.parse("a.safetensors", JSON);
        assertEquals(JSON, back.json());
        assertEquals(SUMMARY + "}", back.summary().toString());
        assertEquals(List.of(), back.loras());
        assertEquals("f00d-unet", back.source());
        assertEquals("TestUNet", back.architecture());
    }

    @Test
    void asksForTheVectorsOfItsLayers() {
        List<String> asked = new ArrayList<>();
        List<LayerState> states = Recipe.parse("a", JSON).states("a", name -> {
            asked.add(name);
            return new float[] {1, 2};
        });
        assertEquals(List.of("conv_in.input_quantizer._amax", "conv_in.weight_quantizer._amax", "conv_in.input_quantizer._pre_quant_scale",
            "attn1.to_q.input_quantizer._amax"), asked);
        assertEquals(List.of("conv_in", "attn1.to_q"), states.stream().map(LayerState::layer).toList());
        assertEquals(List.of("int8", "fp8"), states.stream().map(LayerState::format).toList());
        assertEquals(new Range(new float[] {1, 2}, 1), states.get(1).range(Slot.INPUT));
        assertEquals(List.of("input_quantizer._pre_quant_scale"), List.copyOf(states.get(0).vectors().keySet()));
    }

    @Test
    void saysWhatIsWrong() {
        assertEquals("a: recipe: found no version 2 with its layers; expected one of this release", refusal("{}"));
        assertEquals("a: recipe: found no version 2 with its layers; expected one of this release", refusal(JSON.replace("\"version\":2", "\"version\":1")));
        assertEquals("a: recipe: found Unexpected character ('n' (code 110)): was expecting double-quote to start field name; expected JSON", refusal("{no"));
        assertEquals("a: conv_in: found a slot MIDDLE; expected one of " + List.of(Slot.values()), refusal(JSON.replace("{\"INPUT\":0,", "{\"MIDDLE\":0,")));
        assertEquals("a: conv_in: INPUT: range: found 1 amax on axis -1; expected at least one, axis >= 0",
            refusal(JSON.replace("{\"INPUT\":0,", "{\"INPUT\":-1,")));
        assertEquals("a: conv_in: INPUT: found axis \"0\"; expected a whole number", refusal(JSON.replace("{\"INPUT\":0,", "{\"INPUT\":\"0\",")));
        assertEquals("a: attn1.to_q: found 5; expected a format, an algorithm, axes, vectors and parameters", refusal(layers("{\"attn1.to_q\":5}")));
        assertEquals("a: b: found a vector 7; expected its name",
            refusal(layers("{\"b\":{\"algorithm\":\"m\",\"format\":\"f\",\"axes\":{},\"vectors\":[7],\"parameters\":[]}}")));
    }

    static List<String> malformed() {
        List<String> json = new ArrayList<>(List.of("", " ", "null", "true", "3", "\"text\"", "[]", "[1,2]", "{", "}", "{}", "nul", "{\"version\"",
            "{\"version\":2}", "\u0000", "\uFEFF", "{]", "[[[[", "{\"a\":{\"b\":[{", "'single'", "NaN", "{\"version\":NaN}", "<xml/>",
            "{\"version\":2e999}", "{\"version\":" + "9".repeat(2000) + "}", "[".repeat(100_000), "{\"a\":".repeat(5000), "\"\\ud800\"", "\"\\x\"", "\"",
            "// comment", JSON + JSON, JSON + "]", JSON + " x", JSON.substring(0, JSON.length() - 1), JSON.substring(1)));
        for (String version : List.of("0", "1", "-1", "1.5", "\"1\"", "true", "null", "[1]", "{}", "4294967297", "18446744073709551617")) {
            json.add(JSON.replace("\"version\":2", "\"version\":" + version));
        }
        json.add(JSON.replace("\"architecture\":\"TestUNet\",", ""));
        json.add(JSON.replace("\"TestUNet\"", "3"));
        json.add(JSON.replace("\"algorithm\":\"smoothquant\",", ""));
        json.add(JSON.replace("\"smoothquant\"", "null"));
        json.add(JSON.replace("\"version\":2", "\"version\":2,\"version\":2"));
        for (String layers : List.of("null", "[]", "\"a\"", "3", "{\"a\":null}", "{\"a\":5}", "{\"a\":[]}", "{\"a\":{}}", "{\"a\":\"b\"}")) {
            json.add(layers(layers));
        }
        for (String layer : List.of("\"axes\":{},\"vectors\":[]", "\"format\":3,\"axes\":{},\"vectors\":[]", "\"format\":\"f\",\"vectors\":[]",
            "\"format\":\"f\",\"axes\":[],\"vectors\":[]", "\"format\":\"f\",\"axes\":{}", "\"format\":\"f\",\"axes\":{},\"vectors\":{}",
            "\"format\":\"f\",\"axes\":{},\"vectors\":\"v\"", "\"format\":\"f\",\"axes\":{},\"vectors\":[null]",
            "\"format\":\"f\",\"axes\":{},\"vectors\":[{}]",
            "\"format\":\"f\",\"axes\":{\"input\":0},\"vectors\":[]", "\"format\":\"f\",\"axes\":{\"\":0},\"vectors\":[]",
            "\"format\":\"f\",\"axes\":{\"INPUT\":null},\"vectors\":[]", "\"format\":\"f\",\"axes\":{\"INPUT\":{}},\"vectors\":[]",
            "\"format\":\"f\",\"axes\":{\"INPUT\":0.5},\"vectors\":[]", "\"format\":\"f\",\"axes\":{\"INPUT\":4294967296},\"vectors\":[]",
            "\"format\":\"f\",\"axes\":{\"INPUT\":-1},\"vectors\":[]")) {
            json.add(layers("{\"a\":{" + layer + "}}"));
        }
        return json;
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("malformed")
    void refusesWhatIsMalformed(String json) {
        assertTrue(refusal(json).startsWith("a: "));
    }

    /** Damage that happens to leave a recipe is taken; any other is a CheckpointException and nothing else. */
    @Test
    void anyDamageIsACheckpointException() {
        Random random = new Random(3);
        String alphabet = "{}[]\",:01-.eE\\untrl \n\u0000\uFFFF\uD800abc";
        int refused = 0;
        for (int i = 0; i < 5000; i++) {
            StringBuilder json = new StringBuilder(JSON);
            for (int k = random.nextInt(4); k >= 0; k--) {
                int at = random.nextInt(json.length());
                char c = alphabet.charAt(random.nextInt(alphabet.length()));
                switch (random.nextInt(4)) {
                    case 0 -> json.setCharAt(at, c);
                    case 1 -> json.insert(at, c);
                    case 2 -> json.deleteCharAt(at);
                    default -> json.delete(at, Math.min(json.length(), at + 1 + random.nextInt(40)));
                }
            }
            try {
                read(json.toString());
            } catch (CheckpointException e) {
                refused++;
            }
        }
        assertTrue(refused > 1000, "found " + refused + " refused");
    }

    @Test
    void aRangeThatIsNoneIsACheckpointException() {
        for (float[] amax : List.of(new float[] {Float.NaN}, new float[] {-1}, new float[] {Float.POSITIVE_INFINITY}, new float[0])) {
            var e = assertThrows(CheckpointException.class, () -> Recipe.parse("a", JSON).states("a", name -> amax));
            assertTrue(e.getMessage().startsWith("a: conv_in: INPUT: "), e.getMessage());
        }
    }

    private static String layers(String layers) {
        return SUMMARY + ",\"layers\":" + layers + "}";
    }

    private static void read(String json) {
        Recipe.parse("a", json).states("a", name -> new float[] {1});
    }

    private static String refusal(String json) {
        return assertThrows(CheckpointException.class, () -> read(json)).getMessage();
    }

    /** Has an option that is given and one that is not; beta is another algorithm's. */
    private static final class WithOptions extends PlannedOnly {
        private WithOptions() {
            super("alpha", "gamma");
        }

        @Override
        public Map<String, String> usual() {
            return Map.of("alpha", "0.5", "gamma", "3");
        }
    }

    private static final class Configured implements Collector {
        @Override
        public String configuration() {
            return "half";
        }

        @Override
        public <T> Fold<T> fold(EagerOps<T> ops, Request request, long batch) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Statistics merge(Statistics a, Statistics b) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Range range(Statistics statistics, Request request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public String explain(Statistics statistics, Request request) {
            throw new UnsupportedOperationException();
        }
    }
}
