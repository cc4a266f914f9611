package io.halftone.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.BackboneChoice;
import io.halftone.api.CalibrationSettings;
import io.halftone.api.ExportRequest;
import io.halftone.api.GenerateRequest;
import io.halftone.api.Halftone;
import io.halftone.api.JobException;
import io.halftone.api.PipelineSource;
import io.halftone.api.ProgressListener;
import io.halftone.api.QuantSettings;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.Sampling;
import io.halftone.ops.DType;
import io.halftone.quant.QuantLevel;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Wrong input gives one line that names what was found and what was expected, and leaves nothing behind. */
class RefusalsTest {
    @TempDir
    Path scratch;
    private final Halftone halftone = Chain.halftone();

    private String refused(QuantSettings settings, CalibrationSettings calibration, PipelineSource source) {
        var request = QuantizeRequest.of(source, settings, calibration, scratch.resolve("out/c.safetensors").toString(), "");
        String message = assertThrows(IllegalArgumentException.class, () -> halftone.quantize(request, ProgressListener.NONE)).getMessage();
        assertEquals(1, message.lines().count(), message);
        assertEquals(List.of(), files("out"));
        return message;
    }

    private String refused(QuantSettings settings) {
        return refused(settings, CalibrationSettings.of(2, 2, 0), Chain.TINY);
    }

    private static QuantSettings settings(String format, String level, String algorithm, Map<String, String> options, String collector) {
        return new QuantSettings(format, new QuantLevel(level), "standard", algorithm, options, collector, 1, List.of());
    }

    private List<Path> files(String folder) {
        if (!Files.exists(scratch.resolve(folder))) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(scratch.resolve(folder))) {
            return files.toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void unknownNamesListThoseThereAre() {
        assertEquals("format fp7: found none; expected one of " + Chain.PLUGINS.formats().names(), refused(settings("fp7", "3", "max", Map.of(), "max")));
        assertEquals("algorithm magic: found none; expected one of " + Chain.PLUGINS.algorithms().names(),
            refused(settings("int8", "3", "magic", Map.of(), "max")));
        assertEquals("collector mode: found none; expected one of " + Chain.PLUGINS.collectors().names(),
            refused(settings("int8", "3", "max", Map.of(), "mode")));
        assertTrue(Chain.PLUGINS.formats().names().containsAll(List.of("fp8", "int8", "nvfp4", "mxfp8")), "found " + Chain.PLUGINS.formats().names());
    }

    @Test
    void unknownLevel() {
        assertEquals("quant level: found 7; expected one of [1, 2, 2.5, 3, 4] of policy standard", refused(settings("int8", "7", "max", Map.of(), "max")));
        assertEquals("quant level: found high; expected a number such as 1, 2, 2.5, 3 or 4",
            assertThrows(IllegalArgumentException.class, () -> new QuantLevel("high")).getMessage());
    }

    @Test
    void int8HasNoLevelFour() {
        // the tiny model's heads are 16 wide: level 4 would quantize them
        assertEquals("quant level 4: found format int8, which does not offer attention; expected a lower level, or a format that does",
            refused(settings("int8", "4", "max", Map.of(), "max")));
    }

    @Test
    void anOptionWithoutEffect() {
        assertEquals("alpha: found an option that algorithm max does not honour; expected none",
            refused(settings("int8", "3", "max", Map.of("alpha", "0.8"), "max")));
    }

    @Test
    void anOptionOutOfRange() {
        assertEquals("alpha: found 2; expected 0 to 1", refused(settings("int8", "3", "smoothquant", Map.of("alpha", "2"), "max")));
        assertEquals("alpha: found much; expected 0 to 1", refused(settings("int8", "3", "smoothquant", Map.of("alpha", "much"), "max")));
        var export = new ExportRequest(Chain.TINY, "", scratch.resolve("onnx").toString(), "onnx", Map.of("weights", "foo"));
        assertEquals("weights: found foo; expected quantized or qdq",
            assertThrows(IllegalArgumentException.class, () -> halftone.export(export, ProgressListener.NONE)).getMessage());
    }

    @Test
    void percentileThatLeavesNoStep() {
        assertEquals("percentile: found 0.0; expected over 0, at most 1", assertThrows(IllegalArgumentException.class,
            () -> new QuantSettings("int8", new QuantLevel("3"), "standard", "max", Map.of(), "max", 0, List.of())).getMessage());
        assertEquals("percentile: found 0.01 of 2 steps; expected over 0, at most 1, and at least one step",
            refused(new QuantSettings("int8", new QuantLevel("3"), "standard", "max", Map.of(), "max", 0.01, List.of())));
    }

    @Test
    void noSteps() {
        assertEquals("n-steps: found 0; expected >= 1",
            assertThrows(IllegalArgumentException.class, () -> CalibrationSettings.of(2, 0, 0)).getMessage());
    }

    @Test
    void morePromptsThanThereAre() {
        String message = refused(QuantSettings.int8(new QuantLevel("3")), CalibrationSettings.of(65, 2, 0), Chain.TINY);
        assertTrue(message.endsWith("calibration_prompts.txt: found 64 prompts; expected at least calib-size, 65"), message);
    }

    @Test
    void missingFolder() {
        Path missing = scratch.resolve("nowhere");
        String message = refused(QuantSettings.int8(new QuantLevel("3")), CalibrationSettings.of(2, 2, 0), PipelineSource.of(missing));
        assertTrue(message.startsWith(missing + ": found "), message);
    }

    @Test
    void folderThatIsNoPipeline() {
        String message = refused(QuantSettings.int8(new QuantLevel("3")), CalibrationSettings.of(2, 2, 0), PipelineSource.of(scratch));
        assertEquals(scratch + ": found no model_index.json; expected a diffusers pipeline folder", message);
    }

    @Test
    void unknownModelListsThoseThereAre() {
        String message = refused(QuantSettings.int8(new QuantLevel("3")), CalibrationSettings.of(2, 2, 0), new PipelineSource("", "sdxl-9", DType.FLOAT32));
        assertTrue(message.contains("expected one of [tiny-flux, tiny-sd21, tiny-sd3, tiny-sdxl], or a folder given with --path"), message);
    }

    @Test
    void truncatedWeights() throws Exception {
        Path copy = copyOfTiny();
        Path weights = copy.resolve("unet/diffusion_pytorch_model.fp16.safetensors");
        try (FileChannel channel = FileChannel.open(weights, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() / 2);
        }
        var request = QuantizeRequest.of(PipelineSource.of(copy), QuantSettings.int8(new QuantLevel("3")), CalibrationSettings.of(2, 2, 0),
            scratch.resolve("out/c.safetensors").toString(), "");
        String message = assertThrows(IllegalArgumentException.class, () -> halftone.quantize(request, ProgressListener.NONE)).getMessage();
        assertTrue(message.startsWith(weights.toString()) && message.contains("found") && message.lines().count() == 1, message);
        assertEquals(List.of(), files("out"));
    }

    @Test
    void outputThatCannotBeWritten() throws Exception {
        Path file = Files.createFile(scratch.resolve("file"));
        var request = new GenerateRequest(Chain.TINY, BackboneChoice.fullPrecision(), Sampling.of("a", 0), file.resolve("x.png").toString(), "");
        String message = assertThrows(IllegalArgumentException.class, () -> halftone.generate(request, ProgressListener.NONE)).getMessage();
        assertEquals("save-image-as " + file + ": found a file in the way; expected a writable folder", message);
    }

    @Test
    void aCheckpointThatIsNone() {
        Path unet = Chain.MODELS.resolve("tiny-sdxl/unet/diffusion_pytorch_model.fp16.safetensors");
        var request = new GenerateRequest(Chain.TINY, new BackboneChoice.Eager(unet.toString()), Sampling.of("a", 0), scratch.resolve("x.png").toString(), "");
        String message = assertThrows(JobException.class, () -> halftone.generate(request, ProgressListener.NONE).await()).getMessage();
        assertEquals(unet + ": found a safetensors file without a recipe; expected a checkpoint that quantize wrote", message);
    }

    @Test
    void aCheckpointCalibratedInAnotherType() throws Exception {
        String checkpoint = QuantizedTiny.get().checkpoint();
        var request = new GenerateRequest(new PipelineSource("", "tiny-sdxl", DType.FLOAT16), new BackboneChoice.Eager(checkpoint),
            Sampling.of("a", 0), scratch.resolve("x.png").toString(), "");
        String message = assertThrows(JobException.class, () -> halftone.generate(request, ProgressListener.NONE).await()).getMessage();
        assertEquals(checkpoint + ": found a checkpoint calibrated in FLOAT32; expected FLOAT16, the model dtype asked for: ask for the other one", message);
    }

    @Test
    void aCancelledJobLeavesNothing() throws Exception {
        var request = QuantizeRequest.of(Chain.TINY, QuantSettings.int8(new QuantLevel("3")), CalibrationSettings.of(4, 10, 0),
            scratch.resolve("out/c.safetensors").toString(), scratch.resolve("out/onnx").toString());
        var started = new java.util.concurrent.CountDownLatch(3);
        var job = halftone.quantize(request, progress -> started.countDown());
        started.await();
        job.cancel();
        assertThrows(CancellationException.class, job::await);
        assertEquals(io.halftone.api.Job.State.CANCELLED, job.state());
        assertTrue(Files.notExists(scratch.resolve("out")));
    }

    private Path copyOfTiny() throws IOException {
        Path from = Chain.MODELS.resolve("tiny-sdxl");
        Path to = scratch.resolve("copy");
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
        return to;
    }
}
