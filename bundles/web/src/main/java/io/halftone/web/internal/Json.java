package io.halftone.web.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;

/** JSON that comes from others, within limits, and JSON for others. */
final class Json {
    private static final int MOST_DEPTH = 8;
    private static final int MOST_TEXT = 1 << 18;
    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder().streamReadConstraints(StreamReadConstraints.builder()
        .maxNestingDepth(MOST_DEPTH).maxStringLength(MOST_TEXT).maxNameLength(200).maxNumberLength(40).build())
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build()).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
    /** For what this program wrote itself. */
    private static final ObjectMapper OWN = new ObjectMapper();

    private Json() {}

    static byte[] bytes(Object value) throws IOException {
        return OWN.writeValueAsBytes(value);
    }

    static String text(Object value) throws IOException {
        return OWN.writeValueAsString(value);
    }

    /** What this program wrote. */
    static JsonNode own(byte[] bytes) throws IOException {
        return OWN.readTree(bytes);
    }

    /**
     * What somebody sent.
     *
     * @throws IllegalArgumentException if it is no object, or too deep or long
     */
    static JsonNode sent(byte[] bytes) throws IOException {
        try {
            JsonNode node = MAPPER.readTree(bytes);
            if (!node.isObject()) {
                throw new IllegalArgumentException("body: found no JSON object; expected one");
            }
            return node;
        } catch (StreamConstraintsException e) {
            throw new IllegalArgumentException("body: found an object too deep, or a text too long, line " + line(e) + "; expected a depth of " + MOST_DEPTH
                + " and " + MOST_TEXT + " characters at most", e);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("body: found no JSON as it is expected, line " + line(e) + "; expected one object", e);
        }
    }

    private static int line(JsonProcessingException e) {
        return e.getLocation() == null ? 1 : e.getLocation().getLineNr();
    }

    /** Answers with what is wrong. */
    static void refuse(HttpServletResponse response, int status, String message) throws IOException {
        if (response.isCommitted()) {
            return;
        }
        response.resetBuffer();
        send(response, status, Map.of("error", message));
    }

    static void send(HttpServletResponse response, int status, Object value) throws IOException {
        byte[] bytes = bytes(value);
        response.setStatus(status);
        response.setContentType("application/json");
        response.setCharacterEncoding("UTF-8");
        response.setHeader("Cache-Control", "no-store");
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }
}
