package io.halftone.core.internal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.BackboneChoice;
import io.halftone.api.GenerateRequest;
import io.halftone.api.GenerateResult;
import io.halftone.api.ProgressListener;
import io.halftone.api.Sampling;
import io.halftone.imaging.Picture;
import io.halftone.imaging.Png;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads the pictures of 16 prompts that were not calibrated with: the colour at the named place, and that of the background. */
class PicturesShowTheirPromptsTest {
    /** The colours that the model was trained on, red, green and blue of 0 to 1. */
    private static final Map<String, float[]> PALETTE = Map.of("red", rgb(.86, .13, .15), "green", rgb(.12, .65, .25), "blue", rgb(.13, .3, .85),
        "yellow", rgb(.97, .85, .15), "purple", rgb(.5, .2, .7), "orange", rgb(.97, .55, .1), "white", rgb(.96, .96, .94), "black", rgb(.06, .06, .08));
    /** Where the shapes' centres are, in parts of the half side from the middle. */
    private static final Map<String, double[]> PLACES = Map.of("left", new double[] {-.42, 0}, "right", new double[] {.42, 0}, "top", new double[] {0, -.42},
        "bottom", new double[] {0, .42}, "center", new double[] {0, 0});
    private static final int SIDE = 128;
    private static final int HALF_PATCH = 3;

    private record Subject(String size, String color, String shape, String place, String background) {
        String prompt() {
            return "a " + size + " " + color + " " + shape + " on the " + place + " of a " + background + " background";
        }
    }

    private static final List<Subject> SUBJECTS = List.of(
        new Subject("large", "blue", "circle", "center", "purple"), new Subject("large", "yellow", "square", "bottom", "purple"),
        new Subject("small", "white", "circle", "right", "black"), new Subject("large", "yellow", "diamond", "left", "red"),
        new Subject("small", "orange", "square", "top", "red"), new Subject("small", "white", "square", "left", "purple"),
        new Subject("large", "white", "square", "center", "black"), new Subject("small", "yellow", "diamond", "left", "white"),
        new Subject("large", "yellow", "cross", "top", "green"), new Subject("small", "yellow", "diamond", "center", "orange"),
        new Subject("large", "red", "circle", "top", "white"), new Subject("large", "green", "square", "right", "yellow"),
        new Subject("small", "black", "circle", "bottom", "orange"), new Subject("large", "purple", "diamond", "center", "green"),
        new Subject("small", "blue", "cross", "right", "white"), new Subject("large", "orange", "circle", "left", "blue"));
    @TempDir
    Path scratch;

    private static float[] rgb(double r, double g, double b) {
        return new float[] {(float) r, (float) g, (float) b};
    }

    @Test
    void promptsAreNotThoseOfCalibration() throws Exception {
        List<String> calibrated = Files.readAllLines(Chain.MODELS.resolve("tiny-sdxl/calibration_prompts.txt"));
        for (Subject subject : SUBJECTS) {
            assertTrue(!calibrated.contains(subject.prompt()), subject.prompt());
        }
    }

    @Test
    void coloursAreThePromptsInFullPrecisionAndAtInt8() throws Exception {
        List<String> full = wrong("full", BackboneChoice.fullPrecision());
        List<String> int8 = wrong("int8", new BackboneChoice.OnEngine("onnxruntime", QuantizedTiny.get().engineFile()));
        assertTrue(SUBJECTS.size() - full.size() >= 14, "full precision misses " + full);
        assertTrue(int8.size() <= full.size() + 1, "INT8 misses " + int8 + ", full precision " + full);
    }

    private List<String> wrong(String name, BackboneChoice backbone) throws Exception {
        Sampling sampling = new Sampling(SUBJECTS.stream().map(Subject::prompt).toList(), "", 20, 5, 0, 0, 11, "");
        GenerateResult result = Chain.halftone().generate(new GenerateRequest(Chain.TINY, backbone, sampling, scratch.resolve(name + ".png").toString(), ""),
            ProgressListener.NONE).await();
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < SUBJECTS.size(); i++) {
            Picture picture = Png.read(Path.of(result.images().get(i)));
            Subject subject = SUBJECTS.get(i);
            double[] place = PLACES.get(subject.place());
            String found = nearest(picture, place[0], place[1]);
            // the corner that is farthest from the shape
            String behind = nearest(picture, place[0] > 0 ? -.85 : .85, place[1] > 0 ? -.85 : .85);
            if (!found.equals(subject.color()) || !behind.equals(subject.background())) {
                wrong.add(subject.prompt() + " (found " + found + " on " + behind + ")");
            }
        }
        return wrong;
    }

    /** The palette's colour nearest to the mean of a small patch. */
    private static String nearest(Picture picture, double x, double y) {
        int column = (int) Math.round((x + 1) / 2 * (SIDE - 1));
        int row = (int) Math.round((y + 1) / 2 * (SIDE - 1));
        double[] mean = new double[3];
        float[] pixels = picture.rgb();
        int count = 0;
        for (int r = row - HALF_PATCH; r <= row + HALF_PATCH; r++) {
            for (int c = column - HALF_PATCH; c <= column + HALF_PATCH; c++) {
                for (int channel = 0; channel < 3; channel++) {
                    mean[channel] += pixels[channel * SIDE * SIDE + r * SIDE + c];
                }
                count++;
            }
        }
        String best = "";
        double least = Double.MAX_VALUE;
        for (Map.Entry<String, float[]> color : PALETTE.entrySet()) {
            double distance = 0;
            for (int channel = 0; channel < 3; channel++) {
                distance += Math.pow(mean[channel] / count - color.getValue()[channel], 2);
            }
            if (distance < least) {
                least = distance;
                best = color.getKey();
            }
        }
        return best;
    }
}
