package io.halftone.recipe;

import io.halftone.quant.PlanRecipe;
import io.halftone.quant.PlanRule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A recipe as YAML, keys always in the same order. */
final class RecipeText {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*");
    /** What some readers of YAML take for a truth value, or for nothing. */
    private static final Pattern TAKEN = Pattern.compile("true|false|yes|no|on|off|y|n|null", Pattern.CASE_INSENSITIVE);
    private static final int FIRST_PRINTABLE = 0x20;
    private static final int LAST_PRINTABLE = 0x7e;

    private RecipeText() {}

    static String of(PlanRecipe recipe, List<String> comments) {
        StringBuilder text = new StringBuilder();
        for (String comment : comments) {
            for (String line : comment.split("\\R", -1)) {
                text.append(("# " + line.replaceAll("[\\p{Cntrl}\\p{Cs}\\uFEFF\\uFFFE\\uFFFF]", " ")).stripTrailing()).append('\n');
            }
        }
        text.append("version: ").append(RecipeParser.VERSION).append('\n');
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("format", scalar(recipe.format()));
        keys.put("level", recipe.level());
        keys.put("policy", scalar(recipe.policy()));
        keys.put("algorithm", scalar(recipe.algorithm()));
        keys.put("collector", scalar(recipe.collector()));
        append(text, "", keys);
        if (!recipe.rules().isEmpty()) {
            text.append("rules:\n");
            recipe.rules().forEach(rule -> append(text, "  - ", keys(rule)));
        }
        return text.toString();
    }

    private static Map<String, String> keys(PlanRule rule) {
        Map<String, String> keys = new LinkedHashMap<>();
        // in quotes always: most begin or end with a star, which would mean something else
        keys.put("layers", rule.layers().isEmpty() ? "" : quoted(rule.layers()));
        keys.put("role", scalar(rule.role()));
        if (rule.quantized()) {
            keys.put("format", scalar(rule.format()));
            keys.put("algorithm", scalar(rule.algorithm()));
            keys.put("collector", scalar(rule.collector()));
        } else {
            keys.put("quantize", "false");
        }
        return keys;
    }

    /** The keys that have a value, a line each: the first behind the indent, the others below it. */
    private static void append(StringBuilder text, String indent, Map<String, String> keys) {
        String before = indent;
        for (Map.Entry<String, String> entry : keys.entrySet()) {
            if (!entry.getValue().isEmpty()) {
                text.append(before).append(entry.getKey()).append(": ").append(entry.getValue()).append('\n');
                before = " ".repeat(indent.length());
            }
        }
    }

    private static String scalar(String value) {
        return value.isEmpty() || PLAIN.matcher(value).matches() && !TAKEN.matcher(value).matches() ? value : quoted(value);
    }

    private static String quoted(String value) {
        StringBuilder text = new StringBuilder("\"");
        value.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                text.append('\\').appendCodePoint(c);
            } else if (c >= FIRST_PRINTABLE && c <= LAST_PRINTABLE) {
                text.appendCodePoint(c);
            } else {
                text.append(String.format(c > Character.MAX_VALUE ? "\\U%08x" : "\\u%04x", c));
            }
        });
        return text.append('"').toString();
    }
}
