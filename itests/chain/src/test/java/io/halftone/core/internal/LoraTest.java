package io.halftone.core.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.BackboneChoice;
import io.halftone.api.CalibrationSettings;
import io.halftone.api.CalibrationWork;
import io.halftone.api.CheckpointTarget;
import io.halftone.api.FuseLoraRequest;
import io.halftone.api.GenerateRequest;
import io.halftone.api.Halftone;
import io.halftone.api.JobException;
import io.halftone.api.LoraSource;
import io.halftone.api.PipelineSource;
import io.halftone.api.ProgressListener;
import io.halftone.api.QuantSettings;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.Sampling;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.imaging.Png;
import io.halftone.metrics.ImageMetrics;
import io.halftone.ops.DType;
import io.halftone.ops.Layer;
import io.halftone.ops.Parameters;
import io.halftone.ops.Role;
import io.halftone.ops.TensorView;
import io.halftone.quant.QuantLevel;
import io.halftone.safetensors.SafetensorsWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A LoRA through the whole chain: fused, taken out again, quantized, and missed where it is needed. */
class LoraTest {
    private static final int RANK = 4;
    private static final double SCALE = 0.9;
    @TempDir
    static Path scratch;
    private static final Halftone HALFTONE = Chain.halftone();
    private static Path lora;
    private static Path fused;

    @BeforeAll
    static void fuse() throws Exception {
        lora = scratch.resolve("style.safetensors");
        write(lora);
        fused = scratch.resolve("fused");
        int changed = HALFTONE.fuseLora(new FuseLoraRequest(Chain.TINY, List.of(new LoraSource(lora.toString(), SCALE)), fused.toString()),
            ProgressListener.NONE).await().changed().get("unet");
        assertTrue(changed > 0);
    }

    @Test
    void changesThePictureAndTakenOutGivesTheSameBytes() throws Exception {
        Path base = picture(Chain.TINY, BackboneChoice.fullPrecision(), "base");
        Path styled = picture(PipelineSource.of(fused), BackboneChoice.fullPrecision(), "fused");
        double psnr = ImageMetrics.psnr(Png.read(base), Png.read(styled));
        assertTrue(psnr < 35, "the LoRA is hardly seen: " + psnr + " dB");

        Path unfused = scratch.resolve("unfused");
        HALFTONE.fuseLora(new FuseLoraRequest(PipelineSource.of(fused), List.of(), unfused.toString()), ProgressListener.NONE).await();
        try (OpenPipeline before = Chain.WORK.open(Chain.TINY); OpenPipeline after = Chain.WORK.open(PipelineSource.of(unfused))) {
            Parameters expected = before.parameters("unet");
            for (String name : expected.names()) {
                assertEquals(expected.read(name).bytes(), after.parameters("unet").read(name).bytes(), name);
            }
        }
        assertArrayEquals(Files.readAllBytes(base), Files.readAllBytes(picture(PipelineSource.of(unfused), BackboneChoice.fullPrecision(), "unfused")));
    }

    @Test
    void fusedAsItIsReadGivesThePictureOfTheFusedFolder() throws Exception {
        Path styled = picture(PipelineSource.of(fused), BackboneChoice.fullPrecision(), "folder");
        Path given = picture(withLora(), BackboneChoice.fullPrecision(), "given");
        assertTrue(Double.isInfinite(ImageMetrics.psnr(Png.read(styled), Png.read(given))));
    }

    @Test
    void aCheckpointOfTheStateAloneNeedsTheSameLora() throws Exception {
        Path whole = quantize(CheckpointTarget.compact(scratch.resolve("whole.safetensors").toString()), PipelineSource.of(fused));
        Path state = quantize(new CheckpointTarget(scratch.resolve("state.safetensors").toString(), CheckpointTarget.Form.STATE_ONLY, 0, ""),
            PipelineSource.of(fused));
        assertTrue(Files.size(state) * 3 < Files.size(whole), Files.size(state) + " bytes of state");
        String refusal = assertThrows(JobException.class, () -> picture(Chain.TINY, new BackboneChoice.Eager(state.toString()), "refused")).getMessage();
        assertTrue(refusal.contains("style.safetensors, SHA-256 ") && refusal.contains("scale 0.9") && refusal.contains("--lora"), refusal);

        Path expected = picture(PipelineSource.of(fused), new BackboneChoice.Eager(whole.toString()), "from-whole");
        Path onFolder = picture(PipelineSource.of(fused), new BackboneChoice.Eager(state.toString()), "from-state");
        Path onBase = picture(withLora(), new BackboneChoice.Eager(state.toString()), "from-state-and-lora");
        assertTrue(Double.isInfinite(ImageMetrics.psnr(Png.read(expected), Png.read(onFolder))));
        assertTrue(Double.isInfinite(ImageMetrics.psnr(Png.read(expected), Png.read(onBase))));
    }

    /** A LoRA of the text encoder alone: the backbone's weights are the base's, and the pictures are not. */
    @Test
    void aLoraOfATextEncoderIsMissedAsWell() throws Exception {
        Path text = scratch.resolve("words.safetensors");
        Map<String, TensorView> tensors = new TreeMap<>();
        Random random = new Random(9);
        try (OpenPipeline pipeline = Chain.WORK.open(Chain.TINY)) {
            for (Layer layer : pipeline.scan("text_encoder").layers()) {
                if (layer instanceof Layer.Linear linear && layer.name().contains("self_attn")) {
                    add(tensors, "lora_te1_" + layer.name().replace('.', '_'), linear, random);
                }
            }
        }
        write(text, tensors);
        var source = new PipelineSource("", "tiny-sdxl", DType.FLOAT32, List.of(new LoraSource(text.toString(), 1)), false);
        for (CheckpointTarget.Form form : CheckpointTarget.Form.values()) {
            Path checkpoint = quantize(new CheckpointTarget(scratch.resolve(form + ".safetensors").toString(), form, 0, ""), source);
            String refusal = assertThrows(JobException.class, () -> picture(Chain.TINY, new BackboneChoice.Eager(checkpoint.toString()), "no")).getMessage();
            assertTrue(refusal.contains("words.safetensors, SHA-256 "), refusal);
            picture(source, new BackboneChoice.Eager(checkpoint.toString()), "with-words");
        }
    }

    @Test
    void anotherLoraOfTheSameFileNameIsRefusedToo() throws Exception {
        Path folder = scratch.resolve("same-name");
        HALFTONE.fuseLora(new FuseLoraRequest(Chain.TINY, List.of(new LoraSource(lora.toString(), SCALE)), folder.toString()), ProgressListener.NONE).await();
        Map<String, TensorView> tensors = new TreeMap<>();
        add(tensors, "lora_unet_mid_block_attentions_0_proj_in", new Layer.Linear("x", Role.PROJECTION, 96, 96, true), new Random(1));
        write(folder.resolve("style.safetensors"), tensors);
        assertTrue(assertThrows(IllegalArgumentException.class, () -> quantize(CheckpointTarget.compact(scratch.resolve("same").toString()),
            PipelineSource.of(folder))).getMessage().contains("style.safetensors: found a LoRA of 1 layers that is not fused"));
        Files.delete(folder.resolve("style.safetensors"));
        Files.writeString(folder.resolve("pytorch_lora_weights.bin"), "pickle");
        assertTrue(assertThrows(IllegalArgumentException.class, () -> quantize(CheckpointTarget.compact(scratch.resolve("same").toString()),
            PipelineSource.of(folder))).getMessage().contains("is a pickle and never opened"));
    }

    @Test
    void aLoraThatLiesUnfusedIsRefusedUnlessLeft() throws Exception {
        Path folder = scratch.resolve("beside");
        HALFTONE.fuseLora(new FuseLoraRequest(PipelineSource.of(fused), List.of(), folder.toString()), ProgressListener.NONE).await();
        Files.copy(lora, folder.resolve("unet/style.safetensors"));
        List<String> unfused = HALFTONE.checkLora(PipelineSource.of(folder)).unfused();
        assertTrue(unfused.size() > 10 && unfused.get(0).startsWith("unet/style.safetensors: unet."), "found " + unfused);
        String message = assertThrows(IllegalArgumentException.class, () -> quantize(CheckpointTarget.compact(scratch.resolve("no").toString()),
            PipelineSource.of(folder))).getMessage();
        assertTrue(message.contains("style.safetensors: found a LoRA of ") && message.contains("--leave-loras"), message);
        quantize(CheckpointTarget.compact(scratch.resolve("left.safetensors").toString()),
            new PipelineSource(folder.toString(), "", DType.FLOAT32, List.of(), true));
        assertEquals(1, HALFTONE.checkLora(PipelineSource.of(fused)).fused().size());
    }

    private static PipelineSource withLora() {
        return new PipelineSource("", "tiny-sdxl", DType.FLOAT32, List.of(new LoraSource(lora.toString(), SCALE)), false);
    }

    private static Path quantize(CheckpointTarget target, PipelineSource source) throws Exception {
        var settings = new QuantSettings("int8", new QuantLevel("3"), "standard", "smoothquant", Map.of(), "default", 1, List.of());
        HALFTONE.quantize(new QuantizeRequest(source, settings, CalibrationSettings.of(2, 2, 0), CalibrationWork.whole(), 1, target, "", Map.of()),
            ProgressListener.NONE).await();
        return Path.of(target.file());
    }

    private static Path picture(PipelineSource source, BackboneChoice backbone, String name) throws Exception {
        Path file = scratch.resolve(name + ".png");
        HALFTONE.generate(new GenerateRequest(source, backbone, new Sampling(List.of("a large red circle on the left of a blue background"), "", 6,
            Double.NaN, 0, 0, 1, ""), file.toString(), ""), ProgressListener.NONE).await();
        return file;
    }

    /** Random factors for every attention projection of the backbone, in kohya's spelling. */
    private static void write(Path file) throws Exception {
        Map<String, TensorView> tensors = new TreeMap<>();
        Random random = new Random(7);
        try (OpenPipeline pipeline = Chain.WORK.open(Chain.TINY)) {
            for (Layer layer : pipeline.scan("unet").layers()) {
                if (layer instanceof Layer.Linear linear && layer.name().matches(".*attn[12]\\.to_(q|k|v|out\\.0)")) {
                    add(tensors, "lora_unet_" + layer.name().replace('.', '_'), linear, random);
                }
            }
        }
        write(file, tensors);
    }

    private static void add(Map<String, TensorView> tensors, String name, Layer.Linear layer, Random random) {
        tensors.put(name + ".lora_down.weight", normal(random, 0.5, RANK, layer.in()));
        tensors.put(name + ".lora_up.weight", normal(random, 0.5, layer.out(), RANK));
        tensors.put(name + ".alpha", TensorView.ofFloats(new float[] {RANK / 2f}));
    }

    private static void write(Path file, Map<String, TensorView> tensors) throws Exception {
        Map<String, Parameters.Info> infos = new TreeMap<>();
        tensors.forEach((name, view) -> infos.put(name, new Parameters.Info(view.dtype(), view.shape())));
        try (SafetensorsWriter writer = SafetensorsWriter.create(file, infos, Map.of())) {
            for (String name : writer.names()) {
                writer.write(name, tensors.get(name));
            }
            writer.commit();
        }
    }

    private static TensorView normal(Random random, double deviation, long rows, long columns) {
        float[] values = new float[Math.toIntExact(rows * columns)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * deviation);
        }
        return TensorView.ofFloats(values, rows, columns);
    }
}
