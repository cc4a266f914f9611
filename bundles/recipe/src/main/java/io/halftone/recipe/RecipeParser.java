package io.halftone.recipe;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.halftone.quant.PlanRecipe;
import io.halftone.quant.PlanRule;
import io.halftone.quant.QuantLevel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/** Reads a recipe token by token, and refuses the first one that does not belong: nothing is expanded, nothing is built up. */
final class RecipeParser {
    static final String VERSION = "1";
    private static final Pattern BEGINS_AS_JSON = Pattern.compile("\\s*\\{\\s*[\"}]");
    private static final String KEYS = "version, format, level, policy, algorithm, collector or rules";
    private static final String RULE_KEYS = "layers, role, quantize, format, algorithm or collector";
    private static final String A_NAME = "a name in text";
    private static final int SHOWN = 60;
    private static final char NEXT_LINE = 0x85;
    private static final char NO_CHARACTER = 0xfffe;

    private final String source;
    private final JsonParser tokens;

    private RecipeParser(String source, JsonParser tokens) {
        this.source = source;
        this.tokens = tokens;
    }

    /**
     * The recipe in a text.
     *
     * @param source what messages call it
     */
    static PlanRecipe parse(String source, String text) {
        String content = text.startsWith("\uFEFF") ? text.substring(1) : text;
        boolean json = BEGINS_AS_JSON.matcher(content).lookingAt();
        try (JsonParser tokens = (json ? new JsonFactory() : new YAMLFactory()).createParser(checked(source, content))) {
            return new RecipeParser(source, tokens).recipe();
        } catch (JsonProcessingException e) {
            throw e.getCause() instanceof MarkedYAMLException marked ? unreadable(source, marked) : new IllegalArgumentException(source
                + (e.getLocation() == null ? "" : ":" + e.getLocation().getLineNr()) + ": found no " + (json ? "JSON (" : "YAML (")
                + e.getOriginalMessage().lines().findFirst().orElse("") + "); expected a recipe", e);
        } catch (IOException e) {
            throw new UncheckedIOException(source, e);   // from memory: there is none
        }
    }

    private static IllegalArgumentException unreadable(String source, MarkedYAMLException e) {
        boolean alias = String.valueOf(e.getContext()).contains("alias");
        return new IllegalArgumentException(source + ":" + (e.getProblemMark().getLine() + 1) + ": found no YAML (" + e.getProblem()
            + "); expected a recipe" + (alias ? ", in which a pattern that begins with * stands in quotes" : ""), e);
    }

    /** The text, if it has no character but printable ones: a reader of YAML would refuse others without a line. */
    private static String checked(String source, String text) {
        long line = 1;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            line += c == '\n' ? 1 : 0;
            if (c >= NO_CHARACTER || Character.isISOControl(c) && c != '\n' && c != '\r' && c != '\t' && c != NEXT_LINE) {
                throw new IllegalArgumentException(source + ":" + line + ": found character " + String.format("U+%04X", (int) c)
                    + "; expected printable text");
            }
        }
        return text;
    }

    private PlanRecipe recipe() throws IOException {
        if (next() != JsonToken.START_OBJECT) {
            throw refused("", "the keys " + KEYS);
        }
        Map<String, String> values = new LinkedHashMap<>();
        List<PlanRule> rules = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        while (next() == JsonToken.FIELD_NAME) {
            String key = once(seen);
            switch (key) {
                case "version" -> version(next());
                case "level" -> values.put(key, level(next()));
                case "format", "policy", "algorithm", "collector" -> values.put(key, text(key, next(), A_NAME));
                case "rules" -> rules(next(), rules);
                default -> throw refused("", KEYS);
            }
        }
        if (!seen.contains("version")) {
            throw new IllegalArgumentException(source + ": found no version; expected version: " + VERSION);
        }
        if (next() != null) {
            throw new IllegalArgumentException(where() + "found something behind the recipe; expected its end");
        }
        return new PlanRecipe(value(values, "format"), value(values, "level"), value(values, "policy"), value(values, "algorithm"),
            value(values, "collector"), rules);
    }

    private void version(JsonToken token) throws IOException {
        if (token != JsonToken.VALUE_NUMBER_INT || !tokens.getText().equals(VERSION)) {
            throw refused("version: ", VERSION + ", the only version there is");
        }
    }

    private String level(JsonToken token) throws IOException {
        String expected = "a number such as 2.5, or " + PlanRecipe.NONE;
        if (token != JsonToken.VALUE_NUMBER_INT && token != JsonToken.VALUE_NUMBER_FLOAT && token != JsonToken.VALUE_STRING) {
            throw refused("level: ", expected);
        }
        String level = tokens.getText();
        try {
            return level.equals(PlanRecipe.NONE) ? level : new QuantLevel(level).name();
        } catch (IllegalArgumentException e) {
            throw refused("level: ", expected);
        }
    }

    private void rules(JsonToken token, List<PlanRule> rules) throws IOException {
        if (token != JsonToken.START_ARRAY) {
            throw refused("rules: ", "a list of rules");
        }
        while (next() != JsonToken.END_ARRAY) {
            rules.add(rule());
        }
    }

    private PlanRule rule() throws IOException {
        if (tokens.currentToken() != JsonToken.START_OBJECT) {
            throw refused("rule: ", "the keys " + RULE_KEYS);
        }
        String where = where();
        Map<String, String> values = new LinkedHashMap<>();
        boolean quantized = true;
        Set<String> seen = new HashSet<>();
        while (next() == JsonToken.FIELD_NAME) {
            String key = once(seen);
            switch (key) {
                case "layers" -> values.put(key, text(key, next(), "a pattern in quotes"));
                case "role", "format", "algorithm", "collector" -> values.put(key, text(key, next(), A_NAME));
                case "quantize" -> quantized = truth(key, next());
                default -> throw refused("rule: ", RULE_KEYS);
            }
        }
        for (String key : values.keySet()) {
            if (!quantized && !key.equals("layers") && !key.equals("role")) {
                throw new IllegalArgumentException(where + "rule: found " + key + " beside quantize: false; expected layers or role alone");
            }
        }
        try {
            return new PlanRule(value(values, "layers"), value(values, "role"), quantized, value(values, "format"),
                value(values, "algorithm"), value(values, "collector"));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(where + e.getMessage(), e);
        }
    }

    private static String value(Map<String, String> values, String key) {
        return values.getOrDefault(key, "");
    }

    /** The key that the parser stands at, which must be a new one. */
    private String once(Set<String> seen) throws IOException {
        String key = tokens.currentName();
        if (!seen.add(key)) {
            throw new IllegalArgumentException(where() + "found key " + shown(key) + " again; expected it once");
        }
        return key;
    }

    private String text(String key, JsonToken token, String expected) throws IOException {
        if (token != JsonToken.VALUE_STRING || tokens.getText().isEmpty()) {
            throw refused(key + ": ", expected);
        }
        return tokens.getText();
    }

    private boolean truth(String key, JsonToken token) throws IOException {
        if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
            throw refused(key + ": ", "true or false");
        }
        return token == JsonToken.VALUE_TRUE;
    }

    /** The next token, which must be plain: values alone, no names for them. */
    private JsonToken next() throws IOException {
        JsonToken token = tokens.nextToken();
        if (tokens instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
            throw new IllegalArgumentException(where() + "found alias *" + shown(tokens.getText())
                + "; expected a value, in quotes where it begins with *");
        }
        if (token != null && tokens.getTypeId() != null) {
            throw new IllegalArgumentException(where() + "found tag " + shown(String.valueOf(tokens.getTypeId()))
                + "; expected a value without one");
        }
        return token;
    }

    private IllegalArgumentException refused(String what, String expected) throws IOException {
        JsonToken token = tokens.currentToken();
        String found = token == null ? "nothing" : switch (token) {
            case START_OBJECT -> "a mapping";
            case START_ARRAY -> "a list";
            case VALUE_NULL -> "nothing";
            case FIELD_NAME -> "key " + shown(tokens.currentName());
            default -> tokens.getText().isEmpty() ? "an empty text" : shown(tokens.getText());
        };
        return new IllegalArgumentException(where() + what + "found " + found + "; expected " + expected);
    }

    private String where() {
        return source + ":" + tokens.currentTokenLocation().getLineNr() + ": ";
    }

    private static String shown(String text) {
        String line = text.replaceAll("\\p{Cntrl}", " ");
        return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "...";
    }
}
