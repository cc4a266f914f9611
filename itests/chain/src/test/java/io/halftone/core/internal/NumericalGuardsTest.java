package io.halftone.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.BackboneChoice;
import io.halftone.api.CalibrationSettings;
import io.halftone.api.GenerateRequest;
import io.halftone.api.JobException;
import io.halftone.api.PipelineSource;
import io.halftone.api.ProgressListener;
import io.halftone.api.QuantSettings;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.QuantizeResult;
import io.halftone.api.Sampling;
import io.halftone.ops.DType;
import io.halftone.quant.PlanRule;
import io.halftone.quant.QuantLevel;
import io.halftone.safetensors.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is not finite is named, never drawn; what is always zero still gives scales. */
class NumericalGuardsTest {
    /** 49984 as float16. */
    private static final byte[] FIFTY_THOUSAND = {0x1a, 0x7a};
    private static final String EXPECTED = "; expected finite values: try another model dtype";
    private static final String BLOCK = "mid_block.attentions.0.transformer_blocks.0.";
    private static final String UNET = "unet/diffusion_pytorch_model.fp16.safetensors";
    private static final String VAE = "vae/diffusion_pytorch_model.fp16.safetensors";

    /** In float16. */
    private static final byte[] ONE = {0, 0x3c};

    @TempDir
    Path scratch;

    @Test
    void aPictureOfNaNIsRefusedWithLayerAndStep() throws Exception {
        Path copy = copy();
        DamagedPipeline.fill(copy.resolve(UNET), BLOCK + "ff.net.2.bias", DamagedPipeline.NAN);
        assertEquals(BLOCK + "ff.net.2: found NaN going out of it at step 0 of the prompt \"a\"" + EXPECTED,
            refused(copy, DType.FLOAT32, BackboneChoice.fullPrecision()));
    }

    @Test
    void aPictureOfAQuantizedBackboneIsRefusedWithLayerAndStep() throws Exception {
        Path checkpoint = scratch.resolve("q.safetensors");
        var settings = new QuantSettings("int8", new QuantLevel("3"), "standard", "max", Map.of(), "max", 1, List.of());
        Chain.halftone().quantize(QuantizeRequest.of(Chain.TINY, settings, CalibrationSettings.of(1, 1, 0), checkpoint.toString(), ""),
            ProgressListener.NONE).await();
        // the last layer: behind others quantized ones follow, which round NaN to a number
        DamagedPipeline.fill(checkpoint, "conv_out.bias", DamagedPipeline.NAN);
        assertEquals("conv_out: found NaN going out of it at step 0 of the prompt \"a\"" + EXPECTED,
            refused(Chain.MODELS.resolve("tiny-sdxl"), DType.FLOAT32, new BackboneChoice.Eager(checkpoint.toString())));
    }

    @Test
    void anEncoderThatSpoilsThePromptsIsNamedWithItsLayer() throws Exception {
        Path copy = copy();
        DamagedPipeline.fill(copy.resolve("text_encoder_2/model.fp16.safetensors"), "text_model.encoder.layers.1.mlp.fc1.bias", DamagedPipeline.NAN);
        assertEquals("text_encoder_2: text_model.encoder.layers.1.mlp.fc1: found NaN going out of it" + EXPECTED,
            refused(copy, DType.FLOAT32, BackboneChoice.fullPrecision()));
    }

    @Test
    void aPictureThatTheDecoderSpoilsIsRefusedWithItsLayer() throws Exception {
        Path copy = copy();
        DamagedPipeline.fill(copy.resolve(VAE), "decoder.conv_out.bias", DamagedPipeline.NAN);
        assertEquals("vae: decoder.conv_out: found NaN going out of it" + EXPECTED, refused(copy, DType.FLOAT32, BackboneChoice.fullPrecision()));
    }

    @Test
    void aDecoderThatOverflowsInFloat16RunsInFloat32UnlessItsConfigurationForbidsIt() throws Exception {
        Path copy = copy();
        // each fits into float16, their sum does not; a group norm brings it back
        DamagedPipeline.fill(copy.resolve(VAE), "decoder.conv_in.bias", FIFTY_THOUSAND);
        DamagedPipeline.fill(copy.resolve(VAE), "decoder.mid_block.resnets.0.conv2.bias", FIFTY_THOUSAND);
        Path config = copy.resolve("vae/config.json");
        Path picture = scratch.resolve("upcast.png");
        Chain.halftone().generate(request(copy, DType.FLOAT16, BackboneChoice.fullPrecision(), picture), ProgressListener.NONE).await();
        assertTrue(Files.exists(picture));
        String said = Files.readString(config);
        Files.writeString(config, said.replace("\"force_upcast\": true,", ""));
        Path unsaid = scratch.resolve("unsaid.png");
        Chain.halftone().generate(request(copy, DType.FLOAT16, BackboneChoice.fullPrecision(), unsaid), ProgressListener.NONE).await();
        assertTrue(Files.exists(unsaid));
        Files.writeString(config, said);
        Files.writeString(config, Files.readString(config).replace("\"force_upcast\": true", "\"force_upcast\": false"));
        assertEquals("vae: decoder.mid_block.attentions.0.to_q: found NaN going into it" + EXPECTED,
            refused(copy, DType.FLOAT16, BackboneChoice.fullPrecision()));
    }

    /** One prompt and one step, as little as there can be, with each format, algorithm and collector on layers of its own. */
    @Test
    void layersOfZerosThatSeeZerosGetFiniteScalesWithEveryPlugin() throws Exception {
        Path copy = copy();
        List<String> dead = new ArrayList<>();
        try (SafetensorsFile weights = SafetensorsFile.open(copy.resolve(UNET))) {
            for (String name : weights.names()) {
                if (name.endsWith(".ff.net.2.weight") || name.endsWith(".attn1.to_out.0.weight")) {
                    dead.add(name.substring(0, name.length() - ".weight".length()));
                } else if (!name.contains(".ff.net.0.proj.") && !name.contains(".attn1.to_v.")) {
                    continue;
                }
                DamagedPipeline.fill(copy.resolve(UNET), name, new byte[2]);
            }
        }
        List<PlanRule> rules = new ArrayList<>();
        names(Chain.PLUGINS.formats()).forEach(format ->
            rules.add(new PlanRule(dead.get(rules.size()), "", true, format, Chain.PLUGINS.formats().get(format).usualAlgorithm(), "")));
        names(Chain.PLUGINS.algorithms()).forEach(algorithm -> rules.add(new PlanRule(dead.get(rules.size()), "", true, "int8", algorithm, "")));
        names(Chain.PLUGINS.collectors()).forEach(collector -> rules.add(new PlanRule(dead.get(rules.size()), "", true, "int8", "max", collector)));
        // its scores and its softmax are rounded too
        rules.add(new PlanRule("mid_block.attentions.0.transformer_blocks.0.attn1", "", true, "fp8", "max", ""));
        Path checkpoint = scratch.resolve("zeros.safetensors");
        var settings = new QuantSettings("int8", QuantSettings.RULES_ALONE, "standard", "max", Map.of(), "default", 1, rules);
        // the exporter refuses scales that are not finite and above 0
        QuantizeResult result = Chain.halftone().quantize(QuantizeRequest.of(PipelineSource.of(copy), settings, CalibrationSettings.of(1, 1, 0),
            checkpoint.toString(), scratch.resolve("onnx").toString()), ProgressListener.NONE).await();
        assertEquals(rules.size(), result.exports().get(0).quantizedLayers());
        try (SafetensorsFile file = SafetensorsFile.open(checkpoint)) {
            assertEquals(0, file.read(dead.get(rules.size() - 2) + ".input_quantizer._amax").toFloats()[0]);
            for (String name : file.names()) {
                for (float value : file.info(name).dtype().isCompute() ? file.read(name).toFloats() : new float[0]) {
                    assertTrue(Float.isFinite(value) && (!name.contains("_scale") || value > 0), name + ": found " + value);
                }
            }
        }
    }

    /** As of pictures of one colour: what goes into a layer is the same number everywhere, in every batch. */
    @Test
    void layersThatSeeOneNumberGetItAsTheirRange() throws Exception {
        Path copy = copy();
        List<PlanRule> rules = new ArrayList<>();
        List<String> collectors = names(Chain.PLUGINS.collectors());
        try (SafetensorsFile weights = SafetensorsFile.open(copy.resolve(UNET))) {
            for (String name : weights.names()) {
                if (name.contains(".ff.net.0.proj.")) {
                    DamagedPipeline.fill(copy.resolve(UNET), name, name.endsWith(".bias") ? ONE : new byte[2]);
                } else if (name.endsWith(".ff.net.2.weight") && rules.size() < collectors.size()) {
                    rules.add(new PlanRule(name.substring(0, name.length() - ".weight".length()), "", true, "int8", "max", collectors.get(rules.size())));
                }
            }
        }
        assertEquals(collectors.size(), rules.size());
        Path checkpoint = scratch.resolve("constant.safetensors");
        var settings = new QuantSettings("int8", QuantSettings.RULES_ALONE, "standard", "max", Map.of(), "default", 1, rules);
        Chain.halftone().quantize(QuantizeRequest.of(PipelineSource.of(copy), settings, CalibrationSettings.of(1, 1, 0), checkpoint.toString(), ""),
            ProgressListener.NONE).await();
        try (SafetensorsFile file = SafetensorsFile.open(checkpoint)) {
            for (PlanRule rule : rules) {
                float amax = file.read(rule.layers() + ".input_quantizer._amax").toFloats()[0];
                assertTrue(Float.isFinite(amax) && amax > 0, rule.collector() + ": found " + amax);
                if (!rule.collector().startsWith("reference-")) {   // one of which divides by more calls than there are
                    // GELU(1); a histogram has it within one of its bins
                    assertEquals(0.8413f, amax, 0.02f, rule.collector());
                }
            }
        }
    }

    private static List<String> names(Plugins.Family<?> family) {
        return family.plugins().stream().map(plugin -> plugin.names().get(0)).toList();
    }

    private String refused(Path pipeline, DType type, BackboneChoice backbone) {
        Path picture = scratch.resolve("x.png");
        String message = assertThrows(JobException.class,
            () -> Chain.halftone().generate(request(pipeline, type, backbone, picture), ProgressListener.NONE).await()).getMessage();
        assertTrue(Files.notExists(picture));
        return message;
    }

    private static GenerateRequest request(Path pipeline, DType type, BackboneChoice backbone, Path picture) {
        return new GenerateRequest(new PipelineSource(pipeline.toString(), "", type), backbone,
            new Sampling(List.of("a"), "", 2, Double.NaN, 0, 0, 0, ""), picture.toString(), "");
    }

    private Path copy() throws IOException {
        return DamagedPipeline.copy("tiny-sdxl", scratch.resolve("copy"));
    }
}
