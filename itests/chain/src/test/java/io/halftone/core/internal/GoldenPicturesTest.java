package io.halftone.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.halftone.api.BackboneChoice;
import io.halftone.api.GenerateRequest;
import io.halftone.api.PipelineSource;
import io.halftone.api.ProgressListener;
import io.halftone.api.Sampling;
import io.halftone.imaging.Picture;
import io.halftone.metrics.ImageMetrics;
import io.halftone.ops.DType;
import io.halftone.safetensors.SafetensorsFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tiny pipelines in float32 against what diffusers computed; each golden's metadata holds prompts, seed and call. */
class GoldenPicturesTest {
    private static final Map<String, SafetensorsFile> DUMPS = new HashMap<>();
    @TempDir
    static Path scratch;

    /** The run that the golden's metadata asks for, with its noise drawn or given. */
    private static SafetensorsFile run(String model, boolean given) throws Exception {
        String name = model + (given ? "-given" : "-drawn");
        if (!DUMPS.containsKey(name)) {
            Path golden = Chain.golden(model);
            Path dump = scratch.resolve(name + ".safetensors");
            Map<String, String> facts = golden(model).metadata();
            JsonNode call = new ObjectMapper().readTree(facts.get("call"));
            List<String> prompts = new ArrayList<>();
            new ObjectMapper().readTree(facts.get("prompts")).forEach(prompt -> prompts.add(prompt.asText()));
            var sampling = new Sampling(prompts, "", call.get("num_inference_steps").asInt(), call.get("guidance_scale").asDouble(),
                Long.parseLong(facts.get("height")), Long.parseLong(facts.get("width")), Long.parseLong(facts.get("seed")), given ? golden.toString() : "");
            Chain.halftone().generate(new GenerateRequest(new PipelineSource("", "tiny-" + model, DType.FLOAT32), BackboneChoice.fullPrecision(), sampling,
                scratch.resolve(name + ".png").toString(), dump.toString()), ProgressListener.NONE).await();
            DUMPS.put(name, SafetensorsFile.open(dump));
        }
        return DUMPS.get(name);
    }

    private static SafetensorsFile golden(String model) {
        return DUMPS.computeIfAbsent(model, name -> SafetensorsFile.open(Chain.golden(name)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sdxl", "sd21", "sd3", "flux"})
    void seedDrawsTheNoiseOfACpuGenerator(String model) throws Exception {
        for (String name : run(model, false).names()) {
            assertEquals(0, difference(run(model, true), run(model, false), name), name);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sdxl", "sd21", "sd3", "flux"})
    void promptEmbedsAgree(String model) throws Exception {
        assertClose(model, "prompt_embeds", 1e-4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sdxl", "sd21", "sd3", "flux"})
    void stepsAgree(String model) throws Exception {
        List<String> outputs = golden(model).names().stream().filter(name -> name.matches("step\\d+\\.(out|latents_after)")).toList();
        assertEquals(8, outputs.size(), outputs.toString());
        for (String name : outputs) {
            boolean early = name.startsWith("step0.") || name.startsWith("step1.");
            assertClose(model, name, early ? 1e-4 : 1e-3);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sdxl", "sd21", "sd3", "flux"})
    void picturesAgree(String model) throws Exception {
        for (int i = 0; i < 2; i++) {
            double psnr = ImageMetrics.psnr(picture(golden(model), i), picture(run(model, false), i));
            assertTrue(psnr >= 55, "picture " + i + ": PSNR " + psnr + " dB");
        }
    }

    private static Picture picture(SafetensorsFile file, int i) {
        return Picture.fromPlanar(file.read("images").toFloats(), i * 3 * 128 * 128, 128, 128);
    }

    private static void assertClose(String model, String name, double tolerance) throws Exception {
        double difference = difference(golden(model), run(model, false), name);
        assertTrue(difference <= tolerance, model + ": " + name + ": largest difference " + difference + " of the largest magnitude");
    }

    /** Latents as diffusers keeps them for FLUX: each token holds two by two latents of every channel. */
    private static float[] packed(float[] latents, long[] shape) {
        int channels = (int) shape[1];
        int height = (int) shape[2];
        int width = (int) shape[3];
        float[] tokens = new float[latents.length];
        for (int i = 0; i < latents.length; i++) {
            int x = i % width;
            int y = i / width % height;
            int channel = i / (width * height) % channels;
            int image = i / (width * height * channels);
            int token = (image * (height / 2) + y / 2) * (width / 2) + x / 2;
            tokens[token * channels * 4 + channel * 4 + y % 2 * 2 + x % 2] = latents[i];
        }
        return tokens;
    }

    /** The largest difference over the largest magnitude. */
    private static double difference(SafetensorsFile expected, SafetensorsFile found, String name) {
        float[] a = expected.read(name).toFloats();
        float[] b = found.read(name).toFloats();
        if (expected.info(name).shape().length < found.info(name).shape().length) {
            b = packed(b, found.info(name).shape());
        }
        assertEquals(a.length, b.length, name);
        double worst = 0;
        double largest = 0;
        for (int i = 0; i < a.length; i++) {
            worst = Math.max(worst, Math.abs(a[i] - b[i]));
            largest = Math.max(largest, Math.abs(a[i]));
        }
        return worst / largest;
    }
}
