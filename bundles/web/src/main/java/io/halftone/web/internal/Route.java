package io.halftone.web.internal;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What answers one kind of request.
 *
 * @param method   GET or POST
 * @param template path below the root, with {names}; {file} stands for the rest, slashes and all
 * @param handler  answers
 */
record Route(String method, String template, Handler handler) {
    private static final String REST = "{file}";

    /** Answers a request. */
    @FunctionalInterface
    interface Handler {
        Answer answer(Request request) throws Exception;
    }

    /**
     * What is asked.
     *
     * @param path  values of the template's names
     * @param query parameters, each once
     * @param body  the object that was sent; an empty one where nothing was
     */
    record Request(Map<String, String> path, Map<String, String> query, JsonNode body) {}

    /** What is answered. */
    sealed interface Answer {
        /**
         * A value as JSON.
         *
         * @param headers besides the usual ones
         */
        record Value(int status, Object value, Map<String, String> headers) implements Answer {}

        /** A small picture. */
        record Picture(byte[] png) implements Answer {}

        /** A file of a run. */
        record Download(Path path, FileType type, long bytes) implements Answer {}

        static Answer of(Object value) {
            return new Value(200, value, Map.of());
        }
    }

    /** The values of the template's names, if the path is of its form. */
    Optional<Map<String, String>> match(String path) {
        String[] expected = template.split("/", -1);
        String[] found = path.split("/", template.endsWith(REST) ? expected.length : -1);
        if (found.length != expected.length) {
            return Optional.empty();
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < expected.length; i++) {
            if (expected[i].startsWith("{")) {
                values.put(expected[i].substring(1, expected[i].length() - 1), found[i]);
            } else if (!expected[i].equals(found[i])) {
                return Optional.empty();
            }
        }
        return Optional.of(values);
    }
}
