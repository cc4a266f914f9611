package io.halftone.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.halftone.ops.CheckpointException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.TreeMap;

/** JSON as headers and indices need it: one object of UTF-8 text, streamed; what is unexpected is refused by its place. */
final class StrictJson {
    private static final JsonFactory JSON = JsonFactory.builder()
        .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)      // names are many, long and seen once
        .streamReadConstraints(StreamReadConstraints.builder().maxStringLength(Header.LIMIT).maxNameLength(Header.LIMIT).build())
        .build();

    /** What reads an object, from after its opening brace to its closing one. */
    @FunctionalInterface
    interface Body {
        void read(JsonParser json) throws IOException;
    }

    private StrictJson() {
    }

    /** Reads one object and nothing but white space after it. */
    static void parse(String where, byte[] text, Body body) {
        try (JsonParser json = JSON.createParser(
                new InputStreamReader(new ByteArrayInputStream(text), StandardCharsets.UTF_8.newDecoder()))) {
            json.nextToken();
            expect(json, JsonToken.START_OBJECT, where);
            body.read(json);
            if (json.nextToken() != null) {
                throw new CheckpointException(where + ": found " + kind(json.currentToken()) + " after the object; expected its end");
            }
        } catch (JsonProcessingException e) {
            throw new CheckpointException(where + ": found malformed JSON (" + e.getOriginalMessage() + "); expected one object", e);
        } catch (CharacterCodingException e) {
            throw new CheckpointException(where + ": found bytes that are not UTF-8; expected UTF-8", e);
        } catch (IOException e) {
            throw new CheckpointException(where + ": found " + e + "; expected one object", e);
        }
    }

    /** The object that begins at the current token, with text for every value; sorted by key. */
    static SortedMap<String, String> texts(JsonParser json, String where) throws IOException {
        expect(json, JsonToken.START_OBJECT, where);
        SortedMap<String, String> texts = new TreeMap<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String key = json.currentName();
            json.nextToken();
            expect(json, JsonToken.VALUE_STRING, where + ": " + key);
            once(texts.put(key, json.getText()), where + ": " + key);
        }
        return texts;
    }

    static void expect(JsonParser json, JsonToken token, String where) {
        if (json.currentToken() != token) {
            throw new CheckpointException(where + ": found " + kind(json.currentToken()) + "; expected " + kind(token));
        }
    }

    /** Refuses a key whose value was read before. */
    static void once(Object before, String where) {
        if (before != null) {
            throw new CheckpointException(where + ": found twice; expected once");
        }
    }

    private static String kind(JsonToken token) {
        if (token == null) {
            return "nothing";
        }
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "text";
            case VALUE_NUMBER_INT -> "an integer";
            case VALUE_NUMBER_FLOAT -> "a fraction";
            case VALUE_TRUE, VALUE_FALSE -> "a truth value";
            case VALUE_NULL -> "null";
            default -> token.toString();
        };
    }
}
