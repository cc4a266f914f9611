package io.halftone.core.internal.evaluate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halftone.imaging.Picture;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a batch of pictures came to, as bytes: the length of a JSON text, that text, and float32 values, little-endian: the latents of
 * each call, then the pictures.
 */
public final class OutcomeBytes {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String EXPECTED = "; expected a batch of pictures";

    private OutcomeBytes() {}

    /**
     * A batch with what made it.
     *
     * @param description of the backbone, a line
     * @param note        on how the backbone came about; may be empty
     * @param recipe      of the backbone's quantization, JSON; empty where it has none
     */
    public record Made(EvaluationRun.Outcome outcome, String description, String note, String recipe) {}

    /** As bytes. */
    public static byte[] of(Made made) {
        EvaluationRun.Outcome outcome = made.outcome();
        ObjectNode head = JSON.createObjectNode().put("description", made.description()).put("note", made.note()).put("recipe", made.recipe());
        ArrayNode millis = head.putArray("millis");
        outcome.millis().forEach(millis::add);
        head.put("calls", outcome.latents().size()).put("latents", outcome.latents().get(0).length).put("pictures", outcome.pictures().size())
            .put("height", outcome.pictures().get(0).height()).put("width", outcome.pictures().get(0).width());
        byte[] text = head.toString().getBytes(StandardCharsets.UTF_8);
        List<float[]> values = new ArrayList<>(outcome.latents());
        outcome.pictures().forEach(picture -> values.add(picture.rgb()));
        long size = Integer.BYTES + text.length + values.stream().mapToLong(array -> (long) Float.BYTES * array.length).sum();
        ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(size)).order(ByteOrder.LITTLE_ENDIAN).putInt(text.length).put(text);
        for (float[] array : values) {
            out.asFloatBuffer().put(array);
            out.position(out.position() + Float.BYTES * array.length);
        }
        return out.array();
    }

    /**
     * Looks whether it is what {@link #of} wrote, without reading a value.
     *
     * @param pictures that the batch has
     * @throws IllegalArgumentException if it is anything else
     */
    public static void check(byte[] bytes, int pictures) {
        head(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), pictures);
    }

    /** Reads the text, and leaves the buffer before as many values as it says. */
    private static JsonNode head(ByteBuffer in, int pictures) {
        try {
            int length = in.getInt();
            if (length < 0 || length > in.remaining()) {
                throw wrong("a text of " + length + " bytes");
            }
            JsonNode head = JSON.readTree(in.array(), in.position(), length);
            in.position(in.position() + length);
            long height = head.path("height").asInt();
            long width = head.path("width").asInt();
            long calls = head.path("calls").asInt();
            long latents = head.path("latents").asInt();
            if (head.path("pictures").asInt() != pictures || calls < 1 || latents < 1 || height < 1 || width < 1
                || in.remaining() != Float.BYTES * (calls * latents + 3L * pictures * height * width)) {
                throw wrong(in.remaining() + " bytes of values for " + head);
            }
            return head;
        } catch (BufferUnderflowException e) {
            throw wrong("its end within a value");
        } catch (IOException e) {
            throw wrong(e.getMessage());
        }
    }

    /**
     * Reads what {@link #of} wrote.
     *
     * @param pictures that the batch has
     * @throws IllegalArgumentException if it is anything else
     */
    public static Made read(byte[] bytes, int pictures) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        JsonNode head = head(in, pictures);
        int height = head.path("height").asInt();
        int width = head.path("width").asInt();
        List<float[]> all = new ArrayList<>();
        for (int call = head.path("calls").asInt(); call > 0; call--) {
            all.add(floats(in, head.path("latents").asInt()));
        }
        List<Picture> its = new ArrayList<>();
        for (int i = 0; i < pictures; i++) {
            its.add(Picture.fromPlanar(floats(in, 3 * height * width), 0, height, width));
        }
        List<Double> millis = new ArrayList<>();
        head.path("millis").forEach(one -> millis.add(one.doubleValue()));
        return new Made(new EvaluationRun.Outcome(all, its, millis), head.path("description").asText(), head.path("note").asText(),
            head.path("recipe").asText());
    }

    private static IllegalArgumentException wrong(String found) {
        return new IllegalArgumentException("result: found " + found + EXPECTED);
    }

    private static float[] floats(ByteBuffer in, int count) {
        float[] values = new float[count];
        in.asFloatBuffer().get(values);
        in.position(in.position() + Float.BYTES * count);
        return values;
    }
}
