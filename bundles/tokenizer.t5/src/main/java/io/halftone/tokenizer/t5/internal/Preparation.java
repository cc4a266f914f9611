package io.halftone.tokenizer.t5.internal;

import com.fasterxml.jackson.databind.JsonNode;
import io.halftone.tokenizer.clip.JsonFile;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a tokenizer.json does to a text before its pieces are looked for. Only steps that T5's tokenizers have: the library ends the process
 * over a pattern that matches nothing, and takes as long as some regular expressions do.
 */
final class Preparation {
    private static final String SEQUENCE = "Sequence";
    private static final String REPLACE = "Replace";
    private static final Set<String> NORMALIZERS = Set.of(SEQUENCE, REPLACE, "Precompiled", "Strip", "StripAccents", "Lowercase", "Nmt", "NFC", "NFD",
        "NFKC", "NFKD");
    private static final Set<String> PRE_TOKENIZERS = Set.of(SEQUENCE, "Metaspace", "Whitespace", "WhitespaceSplit");
    private static final String SPACES = " {2,}";

    private Preparation() {}

    /**
     * Refuses steps that are no tokenizer's of T5.
     *
     * @throws io.halftone.ops.CheckpointException if there is one
     */
    static void check(JsonFile file) {
        check(file, "normalizer", "normalizers", file.at("normalizer"), NORMALIZERS);
        check(file, "pre_tokenizer", "pretokenizers", file.at("pre_tokenizer"), PRE_TOKENIZERS);
    }

    private static void check(JsonFile file, String where, String list, JsonNode step, Set<String> types) {
        if (step.isMissingNode()) {
            return;
        }
        String type = step.path("type").asText();
        if (!step.path("type").isTextual() || !types.contains(type)) {
            throw file.wrong(where + ".type", step.path("type"), "one of " + new TreeSet<>(types));
        }
        if (type.equals(REPLACE)) {
            checkPattern(file, where + ".pattern", step.path("pattern"));
        }
        if (type.equals(SEQUENCE)) {
            step.path(list).forEach(each -> check(file, where + "." + list, list, each, types));
        }
    }

    private static void checkPattern(JsonFile file, String where, JsonNode pattern) {
        boolean text = pattern.path("String").isTextual() && !pattern.path("String").textValue().isEmpty();
        if (pattern.size() != 1 || !text && !SPACES.equals(pattern.path("Regex").textValue())) {
            throw file.wrong(where, pattern.toString(), "a String, or the Regex \"" + SPACES + "\"");
        }
    }
}
