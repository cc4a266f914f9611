package io.halftone.tokenizer.t5.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halftone.ops.CheckpointException;
import io.halftone.tokenizer.clip.JsonFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * What the library makes a tokenizer of: a tokenizer.json, read or composed. What would end the process inside the
 * library, which cannot throw, is refused here.
 *
 * @param file what messages call it, and the JSON
 * @param ids  by piece or added token
 */
record Definition(JsonFile file, Map<String, Long> ids) {
    private static final String MAP = "precompiled_charsmap";
    private static final String POST_PROCESSOR = "post_processor";
    private static final long UNKNOWN = -1;

    /** Reads a tokenizer.json. */
    static Definition read(Path path) throws IOException {
        return of(JsonFile.read(path));
    }

    /** The definition in a file's JSON. */
    static Definition of(JsonFile file) {
        JsonNode model = file.at("model");
        if (!"Unigram".equals(model.path("type").textValue())) {
            throw file.wrong("model.type", model.path("type"), "Unigram");
        }
        Map<String, Long> ids = new HashMap<>();
        for (JsonNode token : file.at("added_tokens")) {
            if (token.path("content").asText().isEmpty() || !token.path("content").isTextual() || !token.path("id").isInt() || token.path("id").intValue() < 0) {
                throw file.wrong("added_tokens", token, "objects with id and content");
            }
            ids.put(token.path("content").textValue(), token.path("id").longValue());
        }
        readPieces(file, model.path("vocab"), ids);
        JsonNode unknown = model.path("unk_id");
        if (!unknown.isInt() || unknown.intValue() < 0 || unknown.intValue() >= model.path("vocab").size()) {
            throw file.wrong("model.unk_id", unknown, "an id from 0 to " + (model.path("vocab").size() - 1));
        }
        Preparation.check(file);
        for (JsonNode map : file.root().findValues(MAP)) {
            checkMap(file, map);
        }
        return new Definition(file, Map.copyOf(ids));
    }

    private static void readPieces(JsonFile file, JsonNode pieces, Map<String, Long> ids) {
        if (!pieces.isArray() || pieces.isEmpty()) {
            throw file.wrong("model.vocab", pieces, "a list of pieces");
        }
        long id = 0;
        for (JsonNode piece : pieces) {
            String text = piece.path(0).textValue();
            if (piece.size() != 2 || text == null || text.isEmpty() || !piece.path(1).isNumber()) {
                throw file.wrong("model.vocab[" + id + "]", piece, "a text and its score");
            }
            ids.put(text, id++);
        }
    }

    private static void checkMap(JsonFile file, JsonNode map) {
        if (!map.isTextual() && !map.isBinary()) {
            throw file.wrong(MAP, map, "bytes in base 64");
        }
        try {
            CharacterMap.check(map.binaryValue());
        } catch (IOException e) {
            throw new CheckpointException(file.path() + ": " + MAP + ": found a text; expected bytes in base 64", e);
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(file.path() + ": " + MAP + ": " + e.getMessage(), e);
        }
    }

    /** The id of a piece or an added token. */
    Optional<Long> id(String token) {
        return Optional.ofNullable(ids.get(token));
    }

    /**
     * The ids that a file puts around a text.
     *
     * @throws CheckpointException if it does so in another way than a template of tokens that it names
     */
    long[] around() {
        JsonNode template = file.at(POST_PROCESSOR);
        if (!"TemplateProcessing".equals(template.path("type").textValue())) {
            throw file.wrong(POST_PROCESSOR + ".type", template.path("type"), "TemplateProcessing");
        }
        LongStream.Builder ids = LongStream.builder();
        for (JsonNode piece : template.path("single")) {
            if (piece.has("SpecialToken")) {
                JsonNode token = piece.path("SpecialToken").path("id");
                JsonNode its = template.path("special_tokens").path(token.asText()).path("ids");
                if (!its.isArray() || its.isEmpty()) {
                    throw file.wrong(POST_PROCESSOR + ".single", token, "a token of special_tokens with ids");
                }
                its.forEach(id -> ids.add(id.asLong(UNKNOWN)));
            }
        }
        return ids.build().toArray();
    }

    /** As the library takes it: what it would cut, pad, enclose and decode with is not its work here, and may end the process. */
    String json() {
        ObjectNode root = file.root().deepCopy();
        return root.remove(List.of(POST_PROCESSOR, "decoder", "truncation", "padding")).toString();
    }
}
