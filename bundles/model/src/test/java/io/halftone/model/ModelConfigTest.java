package io.halftone.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ModelConfigTest {
    private static final ModelConfig CONFIG = ModelConfig.of("unet/config.json", values());

    private static Map<String, Object> values() {
        Map<String, Object> values = new HashMap<>();
        values.put("_class_name", "UNet2DConditionModel");
        values.put("layers", 2);
        values.put("width", 3.0);
        values.put("scale", 0.18215);
        values.put("flip", true);
        values.put("act_fn", "silu");
        values.put("channels", List.of(320, 640L, 1280.0));
        values.put("types", List.of("Down", "Up"));
        values.put("nothing", null);
        values.put("empty", List.of());
        values.put("large", 3_000_000_000L);
        values.put("mixed", List.of("Down", 1));
        return values;
    }

    @Test
    void isCalledByItsSource() {
        assertEquals("unet/config.json", CONFIG.source());
        assertEquals("unet/config.json", CONFIG.toString());
    }

    @Test
    void isFoundByItsClass() {
        assertEquals("UNet2DConditionModel", CONFIG.className());
        assertEquals("CLIPTextModel", of("architectures", List.of("CLIPTextModel", "Other")).className());
        assertEquals("A", ModelConfig.of("c", Map.of("_class_name", "A", "architectures", List.of("B"))).className());
        refused("c: _class_name: found none; expected a class name, here or in architectures", () -> of("a", 1).className());
        refused("c: architectures: found []; expected a list of texts", () -> of("architectures", List.of()).className());
        refused("c: _class_name: found 3; expected a text", () -> of("_class_name", 3).className());
    }

    @Test
    void aNullCountsAsAbsent() {
        assertFalse(CONFIG.has("nothing"));
        assertFalse(CONFIG.asMap().containsKey("nothing"));
        assertEquals(7, CONFIG.intValue("nothing", 7));
        assertEquals(0.5, CONFIG.doubleValue("nothing", 0.5));
        assertEquals("usual", CONFIG.string("nothing", "usual"));
        assertTrue(CONFIG.flag("nothing", true));
        CONFIG.expect("nothing");
        refused("unet/config.json: nothing: found none; expected a whole number", () -> CONFIG.intValue("nothing"));
    }

    @Test
    void givesWholeNumbers() {
        assertEquals(2, CONFIG.intValue("layers"));
        assertEquals(2, CONFIG.intValue("layers", 9));
        assertEquals(3, CONFIG.intValue("width"));
        assertEquals(3_000_000_000L, CONFIG.longValue("large"));
        assertEquals(-4, of("n", BigInteger.valueOf(-4)).longValue("n"));
    }

    @Test
    void refusesWhatIsNoWholeNumber() {
        refused("unet/config.json: scale: found 0.18215; expected a whole number", () -> CONFIG.intValue("scale"));
        refused("unet/config.json: flip: found true; expected a whole number", () -> CONFIG.intValue("flip", 1));
        refused("unet/config.json: absent: found none; expected a whole number", () -> CONFIG.longValue("absent"));
        refused("c: n: found NaN; expected a whole number", () -> of("n", Double.NaN).longValue("n"));
        refused("c: n: found Infinity; expected a whole number", () -> of("n", Double.POSITIVE_INFINITY).longValue("n"));
        // past 2^53 a double no longer tells one whole number from the next
        refused("c: n: found 9007199254740992; expected a whole number", () -> of("n", 1L << 53).longValue("n"));
        refused("c: n: found 2; expected a whole number", () -> of("n", "2").intValue("n"));
    }

    @Test
    void refusesAWholeNumberThatIsNoInt() {
        refused("unet/config.json: large: found 3000000000; expected a whole number of 32 bits", () -> CONFIG.intValue("large"));
        refused("unet/config.json: large: found 3000000000; expected a whole number of 32 bits", () -> CONFIG.intValue("large", 1));
        refused("c: n: found 3000000000; expected a whole number of 32 bits", () -> of("n", List.of(1, 3_000_000_000L)).ints("n"));
    }

    @Test
    void givesNumbers() {
        assertEquals(0.18215, CONFIG.doubleValue("scale"));
        assertEquals(2, CONFIG.doubleValue("layers", 9));
        refused("unet/config.json: act_fn: found silu; expected a number", () -> CONFIG.doubleValue("act_fn"));
        refused("unet/config.json: absent: found none; expected a number", () -> CONFIG.doubleValue("absent"));
    }

    @Test
    void givesTruthValues() {
        assertTrue(CONFIG.flag("flip", false));
        assertFalse(CONFIG.flag("absent", false));
        refused("unet/config.json: layers: found 2; expected true or false", () -> CONFIG.flag("layers", true));
        refused("c: n: found true; expected true or false", () -> of("n", "true").flag("n", true));
    }

    @Test
    void givesTexts() {
        assertEquals("silu", CONFIG.string("act_fn"));
        assertEquals("silu", CONFIG.string("act_fn", "gelu"));
        refused("unet/config.json: layers: found 2; expected a text", () -> CONFIG.string("layers", "gelu"));
        refused("unet/config.json: absent: found none; expected a text", () -> CONFIG.string("absent"));
    }

    @Test
    void givesListsOfTexts() {
        assertEquals(List.of("Down", "Up"), CONFIG.strings("types"));
        refused("unet/config.json: mixed: found 1; expected a list of texts", () -> CONFIG.strings("mixed"));
        refused("unet/config.json: act_fn: found silu; expected a list of texts", () -> CONFIG.strings("act_fn"));
        refused("unet/config.json: empty: found []; expected a list of texts", () -> CONFIG.strings("empty"));
        refused("unet/config.json: absent: found none; expected a list of texts", () -> CONFIG.strings("absent"));
        refused("c: n: found null; expected a list of texts", () -> of("n", Arrays.asList("a", null)).strings("n"));
    }

    @Test
    void givesListsOfWholeNumbers() {
        assertEquals(List.of(320, 640, 1280), CONFIG.ints("channels"));
        refused("unet/config.json: mixed: found Down; expected a whole number", () -> CONFIG.ints("mixed"));
        refused("unet/config.json: layers: found 2; expected a list of whole numbers", () -> CONFIG.ints("layers"));
    }

    @Test
    void oneNumberStandsForManyEqualOnes() {
        assertTrue(CONFIG.isList("channels"));
        assertFalse(CONFIG.isList("layers"));
        assertFalse(CONFIG.isList("absent"));
        assertEquals(List.of(2, 2, 2), CONFIG.ints("layers", 3));
        assertEquals(List.of(320, 640, 1280), CONFIG.ints("channels", 3));
        refused("unet/config.json: channels: found [320, 640, 1280]; expected 4 numbers", () -> CONFIG.ints("channels", 4));
        refused("unet/config.json: act_fn: found silu; expected a whole number", () -> CONFIG.ints("act_fn", 3));
    }

    @Test
    void expectsWhatAnAdapterCanHonour() {
        CONFIG.expect("act_fn", "silu", "swish");
        CONFIG.expect("flip", true);
        CONFIG.expect("absent", "silu");
        refused("unet/config.json: act_fn: found silu; expected one of [gelu, mish]", () -> CONFIG.expect("act_fn", "gelu", "mish"));
        refused("unet/config.json: flip: found true; expected one of [false]", () -> CONFIG.expect("flip", false));
        refused("unet/config.json: flip: found true; expected no value", () -> CONFIG.expect("flip"));
    }

    @Test
    void copiesItsValues() {
        Map<String, Object> values = new HashMap<>(Map.of("a", 1));
        ModelConfig config = ModelConfig.of("c", values);
        values.put("b", 2);
        assertFalse(config.has("b"));
        assertThrows(UnsupportedOperationException.class, () -> config.asMap().put("b", 2));
    }

    private static ModelConfig of(String key, Object value) {
        return ModelConfig.of("c", Map.of(key, value));
    }

    private static void refused(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }
}
