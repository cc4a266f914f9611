package io.halftone.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecipeParserTest {
    private static final String KEYS = "version, format, level, policy, algorithm, collector or rules";
    private static final String RULE_KEYS = "layers, role, quantize, format, algorithm or collector";

    private static String refusal(String text) {
        return assertThrows(IllegalArgumentException.class, () -> RecipeParser.parse("r.yaml", text.replace('|', '\n'))).getMessage();
    }

    @Test
    void refusesUnknownKeys() {
        assertEquals("r.yaml:2: found key fromat; expected " + KEYS, refusal("version: 1|fromat: int8"));
        assertEquals("r.yaml:4: rule: found key level; expected " + RULE_KEYS, refusal("version: 1|rules:|- layers: a|  level: 3"));
        assertEquals("r.yaml:2: found key <<; expected " + KEYS, refusal("version: 1|<<: *a"));
        assertEquals("r.yaml:2: found key fromat; expected " + KEYS, refusal("{\"version\": 1,|\"fromat\": 1}"));
    }

    @Test
    void refusesKeysThatComeTwice() {
        assertEquals("r.yaml:3: found key format again; expected it once", refusal("version: 1|format: int8|format: fp8"));
        assertEquals("r.yaml:4: found key role again; expected it once", refusal("version: 1|rules:|- role: qkv|  role: qkv"));
        assertEquals("r.yaml:2: found key version again; expected it once", refusal("{\"version\": 1,|\"version\": 1}"));
    }

    @ParameterizedTest
    @CsvSource({"format: [int8], a list", "format: {a: b}, a mapping", "format: 8, 8", "format:, nothing", "format: \"\", an empty text",
        "policy: true, true", "collector: ~, nothing"})
    void refusesWhatIsNoName(String line, String found) {
        String key = line.substring(0, line.indexOf(':'));
        assertEquals("r.yaml:2: " + key + ": found " + found + "; expected a name in text", refusal("version: 1|" + line));
    }

    @Test
    void refusesValuesOfAnotherKind() {
        assertEquals("r.yaml:1: found a list; expected the keys " + KEYS, refusal("- version: 1"));
        assertEquals("r.yaml:1: found int8; expected the keys " + KEYS, refusal("int8"));
        assertEquals("r.yaml:1: found nothing; expected the keys " + KEYS, refusal(""));
        assertEquals("r.yaml:2: rules: found a mapping; expected a list of rules", refusal("version: 1|rules: {}"));
        assertEquals("r.yaml:2: rules: found nothing; expected a list of rules", refusal("version: 1|rules:"));
        assertEquals("r.yaml:3: rule: found attn; expected the keys " + RULE_KEYS, refusal("version: 1|rules:|- attn"));
        assertEquals("r.yaml:4: quantize: found maybe; expected true or false", refusal("version: 1|rules:|- role: qkv|  quantize: maybe"));
        assertEquals("r.yaml:3: layers: found 3; expected a pattern in quotes", refusal("version: 1|rules:|- layers: 3"));
    }

    @Test
    void refusesOtherVersions() {
        assertEquals("r.yaml: found no version; expected version: 1", refusal("format: int8"));
        assertEquals("r.yaml:1: version: found 2; expected 1, the only version there is", refusal("version: 2"));
        assertEquals("r.yaml:1: version: found 1; expected 1, the only version there is", refusal("version: \"1\""));
        assertEquals("r.yaml:1: version: found 1.0; expected 1, the only version there is", refusal("version: 1.0"));
    }

    @Test
    void refusesLevelsThatAreNone() {
        for (String level : new String[] {"high", ".nan", "1_0", "1e999999999"}) {
            assertEquals("r.yaml:2: level: found " + level + "; expected a number such as 2.5, or none",
                refusal("version: 1|level: " + level));
        }
        assertEquals("2.5", RecipeParser.parse("r.yaml", "version: 1\nlevel: \"2.50\"").level());
        assertEquals("3", RecipeParser.parse("r.yaml", "version: 1\nlevel: 3.0").level());
    }

    @Test
    void refusesRulesThatSayTooLittleOrTooMuch() {
        assertEquals("r.yaml:3: rule: found neither layers nor a role; expected one of them, or layers: \"*\"",
            refusal("version: 1|rules:|- format: fp8"));
        assertEquals("r.yaml:3: role: found kqv; expected one such as feed-forward or qkv", refusal("version: 1|rules:|- role: kqv"));
        assertEquals("r.yaml:3: rule: found format beside quantize: false; expected layers or role alone",
            refusal("version: 1|rules:|- layers: a|  quantize: false|  format: fp8"));
    }

    @Test
    void refusesAliasesSoThatNothingCanGrow() {
        assertEquals("r.yaml:3: found alias *a; expected a value, in quotes where it begins with *",
            refusal("version: 1|rules: [&a {layers: x},|*a, *a, *a]"));
        assertEquals("r.yaml:2: found alias *name; expected a value, in quotes where it begins with *",
            refusal("version: 1|format: *name"));
    }

    @Test
    void saysThatPatternsNeedQuotes() {
        assertEquals("r.yaml:3: found no YAML (unexpected character found .(46)); expected a recipe, in which a pattern that "
            + "begins with * stands in quotes", refusal("version: 1|rules:|- layers: *.attn.to_q"));
    }

    @Test
    void refusesTags() {
        assertEquals("r.yaml:2: found tag java.net.URL; expected a value without one", refusal("version: 1|format: !java.net.URL x"));
        assertEquals("r.yaml:2: found tag tag:yaml.org,2002:str; expected a value without one", refusal("version: 1|format: !!str int8"));
    }

    @Test
    void refusesMoreThanOneDocument() {
        assertEquals("r.yaml:3: found something behind the recipe; expected its end", refusal("version: 1|---|version: 1"));
    }

    @Test
    void refusesWhatIsNoYaml() {
        assertEquals("r.yaml:2: found no YAML (mapping values are not allowed here); expected a recipe",
            refusal("version: 1|format: a: b"));
        assertEquals("r.yaml:2: found character U+0007; expected printable text", refusal("version: 1|# \u0007"));
    }

    @Test
    void refusesWhatIsNoJson() {
        assertEquals("r.yaml:2: found no JSON (Unexpected character ('i' (code 105)): was expecting a colon to separate field "
            + "name and value); expected a recipe", refusal("{\"version\": 1,|\"format\" int8}"));
    }

    @Test
    void deepNestingEndsAtOnce() {
        String deep = "[".repeat(RecipeFile.LIMIT - 100);
        assertEquals("r.yaml:2: rule: found a list; expected the keys " + RULE_KEYS, refusal("version: 1|rules: " + deep));
        assertEquals("r.yaml:1: format: found a list; expected a name in text", refusal("{\"version\": 1, \"format\": " + deep));
    }

    @Test
    void longValuesAreCutInMessages() {
        assertEquals("r.yaml:2: level: found " + "9".repeat(60) + "...; expected a number such as 2.5, or none",
            refusal("version: 1|level: " + "9".repeat(100_000) + "x"));
    }
}
