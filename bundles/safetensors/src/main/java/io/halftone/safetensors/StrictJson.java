package io.halftone.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.halftone.ops.CheckpointException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.TreeMap;

/** JSON as headers and indices need it: one object of UTF-8 text, streamed; what is unexpected is refused by its place. */
final class StrictJson {
    private static final JsonFactory JSON = JsonFactory.builder()
        .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)      // names are many, long and seen once
        .streamReadConstraints(StreamReadConstraints.builder().maxStringLength(Header.METADATA_TEXT).maxNameLength(Header.NAME).build())
        .build();

    private static final int SHOWN = 100;

    /** What reads an object, from after its opening brace to its closing one. */
    @FunctionalInterface
    interface Body {
        void read(JsonParser json) throws IOException;
    }

    private StrictJson() {
    }

    /** Reads one object and nothing but white space after it. */
    static void parse(String where, InputStream text, Body body) {
        try (JsonParser json = JSON.createParser(new InputStreamReader(text, StandardCharsets.UTF_8.newDecoder()))) {
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

    /**
     * The object that begins at the current token, with text for every value; sorted by key.
     *
     * @param most the characters that keys and values may have together
     */
    static SortedMap<String, String> texts(JsonParser json, String where, long most) throws IOException {
        expect(json, JsonToken.START_OBJECT, where);
        SortedMap<String, String> texts = new TreeMap<>();
        long characters = 0;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String key = json.currentName();
            json.nextToken();
            expect(json, JsonToken.VALUE_STRING, where + ": " + key);
            if (texts.size() == Header.TENSORS) {
                throw new CheckpointException(where + ": found more than " + Header.TENSORS + " entries; expected at most so many");
            }
            characters += key.length() + json.getTextLength();
            if (characters > most) {
                throw new CheckpointException(where + ": found more than " + most + " characters; expected at most so many");
            }
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

    /** A text as a message has it. */
    static String shown(String text) {
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
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
