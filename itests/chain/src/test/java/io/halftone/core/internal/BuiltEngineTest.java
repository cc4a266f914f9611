package io.halftone.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.BackboneChoice;
import io.halftone.api.BackboneChoice.Built;
import io.halftone.api.GenerateRequest;
import io.halftone.api.GenerateResult;
import io.halftone.api.JobException;
import io.halftone.api.PipelineSource;
import io.halftone.api.Sampling;
import io.halftone.imaging.Png;
import io.halftone.metrics.ImageMetrics;
import io.halftone.ops.DType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a checkpoint to a picture on an engine in one request. */
class BuiltEngineTest {
    private static final Map<String, String> THREADS = Map.of("threads", "2");
    private static final Set<String> ALL_STAGES = Set.of("export", "build", "generate");
    private static final Set<String> BUILD_STAGES = Set.of("build", "generate");

    @TempDir
    Path scratch;

    /** What a request did, and what came of it. */
    private record Run(GenerateResult result, Set<String> stages) {}

    private Run generate(BackboneChoice backbone) throws Exception {
        Set<String> stages = Collections.synchronizedSet(new LinkedHashSet<>());
        var sampling = new Sampling(List.of("a small red circle on the left of a blue background"), "", 2, Double.NaN, 64, 64, 3, "");
        GenerateResult result = Chain.halftone().generate(new GenerateRequest(Chain.TINY, backbone, sampling, scratch.resolve("x.png").toString(), ""),
            progress -> {
                if (progress.total() > 0) {   // not those that only say what is waited for
                    stages.add(progress.stage());
                }
            }).await();
        return new Run(result, Set.copyOf(stages));
    }

    private String cache() {
        return scratch.resolve("cache").toString();
    }

    private Built built(String checkpoint) {
        return Built.of(checkpoint, "onnxruntime", THREADS, cache());
    }

    private List<String> entries(String kind) throws Exception {
        try (Stream<Path> entries = Files.list(scratch.resolve("cache").resolve(kind))) {
            return entries.map(entry -> entry.getFileName().toString()).filter(name -> !name.startsWith(".")).sorted().toList();
        }
    }

    @Test
    void exportsAndBuildsOnceAndUsesItAgain() throws Exception {
        Run first = generate(built(""));
        assertEquals(ALL_STAGES, first.stages());
        assertTrue(first.result().latency().backbone().startsWith("onnxruntime "), first.result().latency().backbone());
        assertTrue(first.result().latency().medianMillis() > 0);
        assertEquals(1, entries("exports").size());
        assertEquals(1, entries("engines").size());
        byte[] picture = Files.readAllBytes(scratch.resolve("x.png"));

        assertEquals(Set.of("generate"), generate(built("")).stages());
        assertEquals(ImageMetrics.psnr(Png.read(scratch.resolve("x.png")), Png.read(Files.write(scratch.resolve("first.png"), picture))),
            Double.POSITIVE_INFINITY);

        // the same export, with other kernels
        assertEquals(BUILD_STAGES, generate(Built.of("", "onnxruntime", Map.of("threads", "2", "optimization", "basic"), cache())).stages());
        assertEquals(1, entries("exports").size());
        assertEquals(2, entries("engines").size());
    }

    @Test
    void buildsAnewForAnotherCheckpoint() throws Exception {
        QuantizedTiny tiny = QuantizedTiny.get();
        Run quantized = generate(built(tiny.checkpoint()));
        assertEquals(ALL_STAGES, quantized.stages());
        assertTrue(quantized.result().latency().note().contains("quantized layers"), quantized.result().latency().note());
        Path other = scratch.resolve("copy.safetensors");
        Files.copy(Path.of(tiny.checkpoint()), other);
        assertEquals(Set.of("generate"), generate(built(other.toString())).stages());

        // the same recipe, calibrated with other prompts
        String changed = QuantizedTiny.quantize(Files.createDirectory(scratch.resolve("changed")), 2, 2).checkpoint();
        assertEquals(ALL_STAGES, generate(built(changed)).stages());
        assertEquals(2, entries("engines").size());
    }

    @Test
    void buildsAnExportedModelThatIsGivenAndRefusesTheCheckpointOfAnother() throws Exception {
        QuantizedTiny tiny = QuantizedTiny.get();
        assertEquals(BUILD_STAGES, generate(given(tiny.checkpoint(), tiny.onnx(), "")).stages());
        assertEquals(Set.of("generate"), generate(given(tiny.checkpoint(), "", tiny.engineFile())).stages());
        assertFalse(Files.exists(scratch.resolve("cache/exports")));

        String full = QuantizedTiny.exportFullPrecision(Files.createDirectory(scratch.resolve("full")));
        String message = assertThrows(JobException.class, () -> generate(given(tiny.checkpoint(), full, ""))).getMessage();
        assertTrue(message.startsWith(full + ": found recipe none; expected ") && message.endsWith(", that of " + tiny.checkpoint()), message);
    }

    private Built given(String checkpoint, String onnx, String file) {
        return new Built(checkpoint, onnx, "onnx", Map.of(), file, "onnxruntime", THREADS, cache());
    }

    @Test
    void anEntryThatWasNotFinishedIsMadeAgain() throws Exception {
        generate(built(""));
        String key = entries("engines").get(0);
        // as a process leaves it that is killed on the way: its lock is nobody's
        String writer = "00000000-0000-0000-0000-000000000000";
        Path left = Files.createDirectory(scratch.resolve("cache").resolve(".halftone-" + writer));
        Files.createFile(left.resolve("lock-" + writer));
        Files.move(scratch.resolve("cache/engines").resolve(key), left.resolve("files"));
        Files.delete(left.resolve("files/made-of.txt"));
        Files.write(left.resolve("files/backbone.plan"), new byte[] {1, 2, 3});

        assertEquals(BUILD_STAGES, generate(built("")).stages());
        assertEquals(List.of(key), entries("engines"));
        assertFalse(Files.exists(left));
    }

    @Test
    void computesInWhatTheCheckpointWasCalibratedInAndWhatTheEngineSuits() throws Exception {
        var asked = new PipelineSource("", "tiny-sdxl", DType.FLOAT16);
        assertEquals(DType.FLOAT32, Chain.halftone().computeType(asked, built(QuantizedTiny.get().checkpoint())));
        assertEquals(DType.FLOAT32, Chain.halftone().computeType(asked, built("")));
    }

    /** The places of tokens with a batch before them: the same numbers, and so the same picture. */
    @Test
    void feedsPlacesInTheRankThatTheExportHas() throws Exception {
        var sampling = new Sampling(List.of("a small red circle", "a large blue ring"), "", 2, Double.NaN, 64, 64, 3, "");
        var flux = new PipelineSource("", "tiny-flux", DType.FLOAT32);
        for (String rank : List.of("2", "3")) {
            var backbone = new Built("", "", "onnx", Map.of("ids-rank", rank), "", "onnxruntime", THREADS, cache());
            Chain.halftone().generate(new GenerateRequest(flux, backbone, sampling, scratch.resolve("rank" + rank + ".png").toString(), ""),
                progress -> { }).await();
        }
        for (int i = 0; i < 2; i++) {
            double psnr = ImageMetrics.psnr(Png.read(scratch.resolve("rank2_" + i + ".png")), Png.read(scratch.resolve("rank3_" + i + ".png")));
            assertTrue(psnr > 60, "found " + psnr + " dB; expected equal pictures but for rounding of other kernels");
        }
        assertEquals(2, entries("exports").size());
    }

    @Test
    void saysPlainlyThatThereIsNoSuchEngine() {
        String message = assertThrows(IllegalArgumentException.class, () -> generate(Built.of("", "tensorrt", Map.of(), cache()))).getMessage();
        assertEquals("engine tensorrt: found none; expected one of [onnxruntime]", message);
    }
}
