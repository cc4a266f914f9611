package io.halftone.tokenizer.clip.internal;

import com.fasterxml.jackson.databind.JsonNode;
import io.halftone.ops.CheckpointException;
import io.halftone.tokenizer.clip.JsonFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The tokens of a folder and which pairs of them are joined.
 *
 * @param source what messages call the merges
 * @param ids    by token
 * @param merges in order of rank
 */
record Vocabulary(String source, Map<String, Integer> ids, List<Pair> merges) {
    /**
     * Two tokens that are joined.
     *
     * @param where the place in the file
     */
    record Pair(String where, String left, String right) {}

    /** Reads {@code vocab.json} and {@code merges.txt}, or {@code tokenizer.json} where those are not. */
    static Vocabulary read(Path folder) throws IOException {
        Path vocab = folder.resolve("vocab.json");
        Path merges = folder.resolve("merges.txt");
        Path whole = folder.resolve("tokenizer.json");
        if (Files.isRegularFile(vocab) && Files.isRegularFile(merges)) {
            JsonFile file = JsonFile.read(vocab);
            return new Vocabulary(merges.toString(), ids(file, "", file.root()), lines(merges));
        }
        if (!Files.isRegularFile(whole)) {
            throw new CheckpointException(folder
                + ": found no vocab.json with merges.txt, and no tokenizer.json; expected a CLIP tokenizer");
        }
        JsonFile file = JsonFile.read(whole);
        JsonNode model = file.at("model");
        expect(file, model, "type", "BPE");
        expect(file, model, "end_of_word_suffix", BytePairs.WORD_END);
        return new Vocabulary(whole.toString(), ids(file, "model.vocab: ", model.path("vocab")), elements(file, model.path("merges")));
    }

    /** The encoder of these tokens and merges. */
    BytePairs pairs(int unknown) {
        BytePairs pairs = new BytePairs(ids, unknown);
        for (Pair merge : merges) {
            Integer left = ids.get(merge.left());
            Integer right = ids.get(merge.right());
            Integer joined = ids.get(merge.left() + merge.right());
            if (left == null || right == null || joined == null) {
                throw wrongMerge(source + ": " + merge.where(), merge.left() + " " + merge.right(),
                    "two tokens of the vocabulary that make a third");
            }
            pairs.add(left, right, joined);
        }
        return pairs;
    }

    private static Map<String, Integer> ids(JsonFile file, String prefix, JsonNode node) {
        if (!node.isObject() || node.isEmpty()) {
            throw file.wrong(prefix.isEmpty() ? "tokens" : "model.vocab", node.isEmpty() ? "none" : node, "ids by token");
        }
        Map<String, Integer> ids = new HashMap<>();
        for (var entry : node.properties()) {
            JsonNode id = entry.getValue();
            if (!id.isInt() || id.intValue() < 0) {
                throw file.wrong(prefix + entry.getKey(), id, "an id from 0");
            }
            ids.put(entry.getKey(), id.intValue());
        }
        return Map.copyOf(ids);
    }

    private static List<Pair> lines(Path path) throws IOException {
        List<String> lines;
        try {
            lines = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(JsonFile.bytes(path))).toString().lines().toList();
        } catch (CharacterCodingException e) {
            throw new CheckpointException(path + ": found bytes that are no text; expected UTF-8", e);
        }
        List<Pair> merges = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (!line.isBlank() && !line.startsWith("#version")) {
                merges.add(pair(path, "line " + (i + 1), line));
            }
        }
        return merges;
    }

    private static List<Pair> elements(JsonFile file, JsonNode list) {
        if (!list.isArray()) {
            throw file.wrong("model.merges", list, "a list of pairs");
        }
        List<Pair> merges = new ArrayList<>();
        for (JsonNode element : list) {
            String where = "model.merges[" + merges.size() + "]";
            if (element.isTextual()) {
                merges.add(pair(file.path(), where, element.textValue()));
            } else if (element.size() == 2 && element.path(0).isTextual() && element.path(1).isTextual()) {
                merges.add(new Pair(where, element.path(0).textValue(), element.path(1).textValue()));
            } else {
                throw file.wrong(where, element, "two tokens");
            }
        }
        return merges;
    }

    private static Pair pair(Path path, String where, String text) {
        String[] parts = text.split(" ", -1);
        if (parts.length != 2) {
            throw wrongMerge(path + ": " + where, text, "two tokens with a space between");
        }
        return new Pair(where, parts[0], parts[1]);
    }

    private static CheckpointException wrongMerge(String where, String found, String expected) {
        return new CheckpointException(where + ": found " + found + "; expected " + expected);
    }

    private static void expect(JsonFile file, JsonNode model, String key, String expected) {
        if (!expected.equals(model.path(key).textValue())) {
            throw file.wrong("model." + key, model.path(key), expected);
        }
    }
}
