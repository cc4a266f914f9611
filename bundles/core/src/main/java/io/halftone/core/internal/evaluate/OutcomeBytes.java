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
        byte[] text = head.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
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
     * Reads what {@link #of} wrote.
     *
     * @param pictures that the batch has
     * @throws IllegalArgumentException if it is anything else
     */
    public static Made read(byte[] bytes, int pictures) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        try {
            int length = in.getInt();
            if (length < 0 || length > in.remaining()) {
                throw wrong("a text of " + length + " bytes");
            }
            JsonNode head = JSON.readTree(bytes, in.position(), length);
            in.position(in.position() + length);
            int height = head.path("height").asInt();
            int width = head.path("width").asInt();
            int calls = head.path("calls").asInt();
            int latents = head.path("latents").asInt();
            if (head.path("pictures").asInt() != pictures || calls < 1 || latents < 1 || height < 1 || width < 1
                || in.remaining() != Float.BYTES * ((long) calls * latents + 3L * pictures * height * width)) {
                throw wrong(in.remaining() + " bytes of values for " + head);
            }
            List<float[]> all = new ArrayList<>();
            for (int call = 0; call < calls; call++) {
                all.add(floats(in, latents));
            }
            List<Picture> its = new ArrayList<>();
            for (int i = 0; i < pictures; i++) {
                its.add(Picture.fromPlanar(floats(in, 3 * height * width), 0, height, width));
            }
            List<Double> millis = new ArrayList<>();
            head.path("millis").forEach(one -> millis.add(one.doubleValue()));
            return new Made(new EvaluationRun.Outcome(all, its, millis), head.path("description").asText(), head.path("note").asText(),
                head.path("recipe").asText());
        } catch (BufferUnderflowException e) {
            throw wrong("its end within a value");
        } catch (IOException e) {
            throw wrong(e.getMessage());
        }
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
