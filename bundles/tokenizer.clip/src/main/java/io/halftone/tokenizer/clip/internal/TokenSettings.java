package io.halftone.tokenizer.clip.internal;

import com.fasterxml.jackson.databind.JsonNode;
import io.halftone.ops.CheckpointException;
import io.halftone.tokenizer.clip.JsonFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a folder says of the tokens that are not words: tokenizer_config.json; where that lists no added tokens,
 * special_tokens_map.json over it, and added_tokens.json and tokenizer.json for the added tokens.
 */
final class TokenSettings {
    /** The text encoder's positions, where no file says how many there are. */
    private static final int CLIP_LENGTH = 77;
    /** Texts are padded to as many: far more than any text encoder has positions for. */
    private static final int MAX_LENGTH = 65_536;
    private static final Map<String, String> USUAL = Map.of(
        "bos_token", "<|startoftext|>", "eos_token", "<|endoftext|>", "unk_token", "<|endoftext|>", "pad_token", "<|endoftext|>");

    /** A token by its text, and whether it is looked for in the normalized text. */
    private record NamedToken(String content, boolean normalized) {}

    /** A token by its id, and whether it is looked for in the normalized text. */
    private record AddedToken(int id, boolean normalized) {}

    private final JsonFile config;
    private final Map<String, Integer> vocabulary;
    private final Map<String, NamedToken> named = new HashMap<>();
    private final Map<String, AddedToken> added = new HashMap<>();

    private TokenSettings(JsonFile config, Map<String, Integer> vocabulary) {
        this.config = config;
        this.vocabulary = vocabulary;
        USUAL.forEach((name, content) -> named.put(name, new NamedToken(content, false)));
    }

    static TokenSettings read(Path folder, Map<String, Integer> vocabulary) throws IOException {
        TokenSettings settings = new TokenSettings(JsonFile.readIfPresent(folder.resolve("tokenizer_config.json")), vocabulary);
        for (String side : List.of("padding_side", "truncation_side")) {
            JsonNode node = settings.config.at(side);
            if (!node.isMissingNode() && !"right".equals(node.textValue())) {
                throw settings.config.wrong(side, node, "right");
            }
        }
        settings.readTokens(folder);
        return settings;
    }

    private void readTokens(Path folder) throws IOException {
        name(config);
        if (config.has("added_tokens_decoder")) {
            for (var entry : config.at("added_tokens_decoder").properties()) {
                add(config, "added_tokens_decoder." + entry.getKey(), entry.getKey(), entry.getValue());
            }
        } else {
            name(JsonFile.readIfPresent(folder.resolve("special_tokens_map.json")));
            JsonFile more = JsonFile.readIfPresent(folder.resolve("added_tokens.json"));
            for (var entry : more.entries()) {
                boolean special = named.values().stream().anyMatch(token -> token.content().equals(entry.getKey()));
                added.put(entry.getKey(), new AddedToken(id(more, entry.getKey(), entry.getValue().toString()), !special));
            }
            JsonFile whole = JsonFile.readIfPresent(folder.resolve("tokenizer.json"));
            for (JsonNode token : whole.at("added_tokens")) {
                add(whole, "added_tokens", token.path("id").toString(), token);
            }
        }
        Set<String> listed = Set.copyOf(added.keySet());
        for (String name : USUAL.keySet()) {
            NamedToken token = named.get(name);
            if (!listed.contains(token.content())) {
                // two names may mean one token; then the one that is looked for in the raw text prevails
                added.merge(token.content(), new AddedToken(id(name), token.normalized()), (a, b) -> a.normalized() ? b : a);
            }
        }
    }

    /** Takes the named tokens of a file, each a text or an object. */
    private void name(JsonFile file) {
        for (String name : USUAL.keySet()) {
            if (file.has(name)) {
                JsonNode node = file.at(name);
                JsonNode content = node.isTextual() ? node : node.path("content");
                if (!content.isTextual() || content.textValue().isEmpty()) {
                    throw file.wrong(name, node, "a token");
                }
                named.put(name, new NamedToken(content.textValue(), node.path("normalized").asBoolean(false)));
            }
        }
    }

    private void add(JsonFile file, String where, String id, JsonNode token) {
        String content = token.path("content").textValue();
        if (content == null || content.isEmpty()) {
            throw file.wrong(where, token, "an object with the token's content");
        }
        if (token.path("single_word").asBoolean(false)) {
            throw file.wrong(where + ".single_word", true, "false");
        }
        boolean special = token.path("special").asBoolean(false);
        added.put(content, new AddedToken(id(file, where, id), token.path("normalized").asBoolean(!special)));
    }

    private static int id(JsonFile file, String where, String text) {
        if (text.matches("\\d{1,9}")) {
            return Integer.parseInt(text);
        }
        throw file.wrong(where, text, "an id from 0");
    }

    /** The id of a named token, such as {@code pad_token}. */
    int id(String name) {
        String content = named.get(name).content();
        Integer id = added.containsKey(content) ? Integer.valueOf(added.get(content).id()) : vocabulary.get(content);
        if (id == null) {
            throw new CheckpointException(config.path() + ": " + name + ": found " + content + "; expected a token of the vocabulary");
        }
        return id;
    }

    /** The tokens that are looked for in the raw or in the normalized text. */
    AddedTokens added(boolean normalized) {
        Map<String, Integer> ids = new HashMap<>();
        added.forEach((content, token) -> {
            if (token.normalized() == normalized) {
                ids.put(normalized ? ClipTokenizer.normalize(content) : content, token.id());
            }
        });
        return new AddedTokens(ids);
    }

    int maxLength() {
        JsonNode node = config.at("model_max_length");
        // transformers writes 1e30 where nobody said how long
        if (node.isMissingNode() || node.isNumber() && node.doubleValue() > Integer.MAX_VALUE) {
            return CLIP_LENGTH;
        }
        if (!node.isInt() || node.intValue() < 2 || node.intValue() > MAX_LENGTH) {
            throw config.wrong("model_max_length", node, "a whole number from 2 to " + MAX_LENGTH);
        }
        return node.intValue();
    }
}
