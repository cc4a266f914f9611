package io.halftone.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.BackboneChoice;
import io.halftone.api.GenerateRequest;
import io.halftone.api.JobException;
import io.halftone.api.PipelineSource;
import io.halftone.api.ProgressListener;
import io.halftone.api.Sampling;
import io.halftone.imaging.Picture;
import io.halftone.imaging.Png;
import io.halftone.metrics.ImageMetrics;
import io.halftone.ops.DType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What users ask of pictures beyond one square one. */
class PicturesTest {
    @TempDir
    Path scratch;

    @ParameterizedTest
    @ValueSource(strings = {"tiny-sdxl", "tiny-sd21", "tiny-sd3", "tiny-flux"})
    void severalOfAPromptThatAreNotSquare(String model) throws Exception {
        List<Picture> pictures = generate(model, "", 96, 160, 2, false, "a small red circle on the top of a white background", "a large blue ring on the "
            + "left of a black background");
        assertEquals(4, pictures.size());
        for (int i = 0; i < 4; i++) {
            assertEquals(List.of(96, 160), List.of(pictures.get(i).height(), pictures.get(i).width()));
            for (int j = 0; j < i; j++) {
                assertTrue(ImageMetrics.psnr(pictures.get(i), pictures.get(j)) < 40, "pictures " + j + " and " + i + " are the same");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiny-sdxl", "tiny-sd21", "tiny-sd3"})
    void aNegativePromptChangesThePicture(String model) throws Exception {
        Picture without = generate(model, "", 64, 64, 1, false, "a large red circle on the left of a blue background").get(0);
        Picture with = generate(model, "blue background", 64, 64, 1, false, "a large red circle on the left of a blue background").get(0);
        assertFalse(Double.isInfinite(ImageMetrics.psnr(without, with)));
    }

    @Test
    void fluxHasNoNegativePrompt() {
        String message = assertThrows(JobException.class, () -> generate("tiny-flux", "blue", 64, 64, 1, false, "a")).getMessage();
        assertTrue(message.contains("negative"), message);
    }

    /** Tiles have statistics of their own, so that the picture is another one, of the same size; one that fits into a tile is the same. */
    @Test
    void largePicturesAreDecodedInTilesOnDemand() throws Exception {
        Picture whole = generate("tiny-sdxl", "", 192, 256, 1, false, "a large red circle on the left of a blue background").get(0);
        Picture tiled = generate("tiny-sdxl", "", 192, 256, 1, true, "a large red circle on the left of a blue background").get(0);
        assertEquals(List.of(whole.height(), whole.width()), List.of(tiled.height(), tiled.width()));
        double psnr = ImageMetrics.psnr(whole, tiled);
        assertTrue(psnr > 10 && !Double.isInfinite(psnr), "found " + psnr + " dB");
        Picture small = generate("tiny-sdxl", "", 128, 128, 1, false, "a large red circle on the left of a blue background").get(0);
        Picture one = generate("tiny-sdxl", "", 128, 128, 1, true, "a large red circle on the left of a blue background").get(0);
        assertTrue(Double.isInfinite(ImageMetrics.psnr(small, one)));
    }

    private List<Picture> generate(String model, String negative, int height, int width, int each, boolean tiled, String... prompts) throws Exception {
        var sampling = new Sampling(List.of(prompts), negative, 3, Double.NaN, height, width, 1, "", each, tiled);
        List<Picture> pictures = new ArrayList<>();
        for (String image : Chain.halftone().generate(new GenerateRequest(new PipelineSource("", model, DType.FLOAT32), BackboneChoice.fullPrecision(),
            sampling, scratch.resolve("x.png").toString(), ""), ProgressListener.NONE).await().images()) {
            pictures.add(Png.read(Path.of(image)));
        }
        return pictures;
    }
}
