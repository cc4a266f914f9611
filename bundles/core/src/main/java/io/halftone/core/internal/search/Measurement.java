package io.halftone.core.internal.search;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One run of a search, as a unit's argument, and what comes of it as bytes.
 *
 * @param kind       what is measured
 * @param batch      of which prompts; of no meaning where all batches run
 * @param candidates numbers of the candidates that are quantized
 */
record Measurement(Kind kind, int batch, List<Integer> candidates) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What is measured. */
    enum Kind {
        /** Full precision, for the others to be compared with where they run: nothing comes of it. */
        REFERENCE,
        /** The multiplications of each layer. */
        COUNT,
        /** The errors that a candidate alone makes, of every picture of every batch. */
        ERRORS,
        /** The PSNR of candidates together, of every picture of a batch. */
        PSNR
    }

    Measurement {
        candidates = List.copyOf(candidates);
    }

    /** As a unit's argument. */
    String text() {
        ObjectNode node = JSON.createObjectNode().put("kind", kind.name()).put("batch", batch);
        ArrayNode its = node.putArray("candidates");
        candidates.forEach(its::add);
        return node.toString();
    }

    /**
     * Reads {@link #text}.
     *
     * @throws IllegalArgumentException if it is none
     */
    static Measurement parse(String text) {
        try {
            return JSON.readValue(text, Measurement.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("unit: found " + e.getOriginalMessage() + "; expected a measurement", e);
        }
    }

    /** Numbers as a result. */
    static byte[] bytes(List<Double> numbers) {
        ByteBuffer out = ByteBuffer.allocate(numbers.size() * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        numbers.forEach(out::putDouble);
        return out.array();
    }

    /**
     * Reads what {@link #bytes(List)} wrote.
     *
     * @throws IllegalArgumentException if it is not that many numbers
     */
    static List<Double> numbers(byte[] result, int count) {
        if (result.length != count * Double.BYTES) {
            throw new IllegalArgumentException("result: found " + result.length + " bytes; expected " + count + " numbers");
        }
        ByteBuffer in = ByteBuffer.wrap(result).order(ByteOrder.LITTLE_ENDIAN);
        List<Double> numbers = new ArrayList<>();
        while (in.hasRemaining()) {
            numbers.add(in.getDouble());
        }
        return numbers;
    }

    /** Counts as a result. */
    static byte[] bytes(Map<String, Long> counts) {
        try {
            return JSON.writeValueAsBytes(new TreeMap<>(counts));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Reads what {@link #bytes(Map)} wrote.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    static Map<String, Long> counts(byte[] result) {
        try {
            Map<String, Long> counts = new TreeMap<>();
            JsonNode root = JSON.readTree(result);
            if (!root.isObject()) {
                throw new IllegalArgumentException("result: found " + root.getNodeType() + "; expected counts by layer");
            }
            root.fields().forEachRemaining(count -> counts.put(count.getKey(), count.getValue().longValue()));
            return counts;
        } catch (IOException e) {
            throw new IllegalArgumentException("result: found " + e.getMessage() + "; expected counts by layer", e);
        }
    }
}
