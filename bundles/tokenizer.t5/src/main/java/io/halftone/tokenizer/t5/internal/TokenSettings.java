package io.halftone.tokenizer.t5.internal;

import com.fasterxml.jackson.databind.JsonNode;
import io.halftone.ops.CheckpointException;
import io.halftone.tokenizer.clip.JsonFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What a folder says beside its vocabulary: tokenizer_config.json; where that lists no added tokens,
 * special_tokens_map.json over it.
 *
 * @param end       behind every text
 * @param pad       behind the end, up to the length asked for
 * @param extraIds  tokens behind the pieces of spiece.model
 * @param maxLength at least 1
 */
record TokenSettings(SpecialToken end, SpecialToken pad, int extraIds, int maxLength) {
    /** The tokens of the texts that T5 learned from, where no file says how many there are. */
    private static final int T5_LENGTH = 512;
    /** Source: transformers, tokenization_t5.py, T5Tokenizer. */
    private static final int EXTRA_IDS = 100;
    private static final int MAX_EXTRA_IDS = 100_000;
    /** Texts are padded to as many where nobody asks for fewer: far more than any model learned from. */
    private static final int MAX_LENGTH = 65_536;

    /**
     * A token by its text.
     *
     * @param where the place that names it
     */
    record SpecialToken(String where, String content) {
        /** Its id in a vocabulary. */
        long id(Definition definition) {
            return definition.id(content).orElseThrow(
                () -> new CheckpointException(where + ": found " + content + "; expected a token of " + definition.file().path()));
        }
    }

    static TokenSettings read(Path folder) throws IOException {
        JsonFile config = JsonFile.readIfPresent(folder.resolve("tokenizer_config.json"));
        for (String side : List.of("padding_side", "truncation_side")) {
            if (config.has(side) && !"right".equals(config.at(side).textValue())) {
                throw config.wrong(side, config.at(side), "right");
            }
        }
        JsonFile map = config.has("added_tokens_decoder") ? config : JsonFile.readIfPresent(folder.resolve("special_tokens_map.json"));
        return new TokenSettings(token(config, map, "eos_token", "</s>"), token(config, map, "pad_token", "<pad>"),
            count(config, "extra_ids", 0, MAX_EXTRA_IDS, EXTRA_IDS), maxLength(config));
    }

    /** A token that is a text or an object, in the second file or else in the first. */
    private static SpecialToken token(JsonFile config, JsonFile map, String name, String usual) {
        JsonFile file = map.has(name) ? map : config;
        if (!file.has(name)) {
            return new SpecialToken(file.path() + ": " + name, usual);
        }
        JsonNode node = file.at(name);
        JsonNode content = node.isTextual() ? node : node.path("content");
        if (!content.isTextual() || content.textValue().isEmpty()) {
            throw file.wrong(name, node, "a token");
        }
        return new SpecialToken(file.path() + ": " + name, content.textValue());
    }

    private static int maxLength(JsonFile config) {
        JsonNode node = config.at("model_max_length");
        // transformers writes 1e30 where nobody said how long
        boolean endless = node.isNumber() && node.doubleValue() > Integer.MAX_VALUE;
        return endless ? T5_LENGTH : count(config, "model_max_length", 1, MAX_LENGTH, T5_LENGTH);
    }

    private static int count(JsonFile config, String key, int least, int most, int absent) {
        JsonNode node = config.at(key);
        if (node.isMissingNode()) {
            return absent;
        }
        if (!node.isInt() || node.intValue() < least || node.intValue() > most) {
            throw config.wrong(key, node, "a whole number from " + least + " to " + most);
        }
        return node.intValue();
    }
}
