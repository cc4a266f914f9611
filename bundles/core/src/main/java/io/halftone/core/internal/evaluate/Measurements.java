package io.halftone.core.internal.evaluate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halftone.imaging.Picture;
import io.halftone.imaging.Png;
import io.halftone.metrics.ImageMetrics;
import io.halftone.metrics.VectorError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Writes a batch's pictures, and what is measured on them before they are rounded to 8 bits. */
public final class Measurements {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Measurements() {}

    /**
     * Writes the pictures of a batch and, last, the file that says that they are there.
     *
     * @param expected the reference's batch; null for the reference itself
     * @param text     of the pictures' files
     */
    public static void write(EvaluationFolder folder, String variant, int index, List<Shot> shots, EvaluationRun.Outcome found,
                             EvaluationRun.Outcome expected, List<Map<String, String>> text) throws IOException {
        ObjectNode root = JSON.createObjectNode();
        ArrayNode pictures = root.putArray("pictures");
        for (int i = 0; i < shots.size(); i++) {
            Picture picture = found.pictures().get(i);
            Path file = folder.picture(variant, shots.get(i));
            Files.createDirectories(file.getParent());
            Png.write(picture, file, text.get(i));
            ObjectNode one = pictures.addObject().put("prompt", shots.get(i).prompt()).put("seed", shots.get(i).seed())
                .put("file", EvaluationFolder.pictureName(variant, shots.get(i)));
            if (expected != null) {
                compare(one, expected, found, i);
            }
        }
        ArrayNode calls = root.putArray("millis");
        found.millis().forEach(calls::add);
        EvaluationFolder.write(folder.batch(variant, index), root);
    }

    private static void compare(ObjectNode one, EvaluationRun.Outcome expected, EvaluationRun.Outcome found, int i) {
        Picture reference = expected.pictures().get(i);
        Picture picture = found.pictures().get(i);
        put(one, "psnr", ImageMetrics.psnr(reference, picture));
        put(one, "ssim", ImageMetrics.ssim(reference, picture));
        put(one, "msSsim", ImageMetrics.msSsim(reference, picture).value());
        ArrayNode cosine = one.putArray("cosine");
        ArrayNode relative = one.putArray("relativeError");
        int size = found.latentsOfOne();
        for (int call = 0; call < found.latents().size(); call++) {
            VectorError error = VectorError.of(expected.latents().get(call), found.latents().get(call), i * size, size);
            cosine.add(error.cosine());
            relative.add(error.relative());
        }
    }

    /** JSON has no number for infinity: it is the text inf. NaN is null. */
    static void put(ObjectNode node, String name, double value) {
        if (Double.isInfinite(value)) {
            node.put(name, value > 0 ? "inf" : "-inf");
        } else if (Double.isNaN(value)) {
            node.putNull(name);
        } else {
            node.put(name, value);
        }
    }

    /** What {@link #put} wrote; NaN where there is nothing. */
    static double get(JsonNode node) {
        if (node.isTextual()) {
            return node.textValue().startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        return node.isNumber() ? node.doubleValue() : Double.NaN;
    }
}
