package io.halftone.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.CalibrationSettings;
import io.halftone.api.CalibrationWork;
import io.halftone.api.CheckpointTarget;
import io.halftone.api.Job;
import io.halftone.api.JobException;
import io.halftone.api.PipelineSource;
import io.halftone.api.ProgressListener;
import io.halftone.api.QuantSettings;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.QuantizeResult;
import io.halftone.api.StatisticsInfo;
import io.halftone.api.Verification;
import io.halftone.api.VerifyRequest;
import io.halftone.quant.QuantLevel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However a calibration is carried out, its checkpoint has the same bytes. */
class ShardedCalibrationTest {
    /** Step-wise ranges for convolutions, channel ranges for linear layers: both kinds of statistics. */
    private static final QuantSettings SETTINGS = new QuantSettings("int8", new QuantLevel("3"), "standard", "smoothquant", Map.of(), "min-mean", 1,
        List.of());
    /** Five batches, the last one short. */
    private static final CalibrationSettings RUNS = CalibrationSettings.of(9, 2, 5);
    private static final int BATCHES = 5;
    @TempDir
    static Path scratch;
    private static String expected;

    @BeforeAll
    static void calibrateUndisturbed() throws Exception {
        QuantizeResult result = quantize(scratch.resolve("one.safetensors"), new CalibrationWork(1, 1, 1, "", List.of()));
        assertEquals(BATCHES, result.batches());
        expected = sha256(scratch.resolve("one.safetensors"));
        assertEquals(List.of(), result.notes());
    }

    @Test
    void twoWorkersGiveTheSame() throws Exception {
        quantize(scratch.resolve("two.safetensors"), new CalibrationWork(2, 1, 1, "", List.of()));
        assertEquals(expected, sha256(scratch.resolve("two.safetensors")));
    }

    @Test
    void fourSlicesMergedInAnyOrderGiveTheSame() throws Exception {
        List<String> slices = new ArrayList<>();
        for (int slice = 1; slice <= 4; slice++) {
            String file = scratch.resolve("slice-" + slice).toString();
            QuantizeResult result = slice(new CalibrationWork(1 + slice % 2, slice, 4, file, List.of()));
            assertEquals(slice == 1 ? 2 : 1, result.batches());
            slices.add(file);
        }
        Random random = new Random(4);
        String merged = "";
        for (int i = 0; i < 3; i++) {
            Collections.shuffle(slices, random);
            Path target = scratch.resolve("merged-" + i);
            StatisticsInfo info = Chain.halftone().mergeStatistics(slices, target.toString());
            assertEquals(BATCHES, info.batches());
            merged = merged.isEmpty() ? sha256(target) : merged;
            assertEquals(merged, sha256(target), "statistics merged in the order " + slices);
            Verification told = Chain.halftone().verify(new VerifyRequest(target.toString(), "", ""));
            assertTrue(told.isIntact(), told::toString);
            assertEquals(List.of("artifact merged-" + i, "input statistics:slice-1", "input statistics:slice-2", "input statistics:slice-3",
                "input statistics:slice-4"), told.checks().stream().map(check -> check.subject() + " " + check.name()).sorted().toList());
        }
        QuantizeResult result = quantize(scratch.resolve("four.safetensors"),
            new CalibrationWork(0, 1, 1, "", List.of(scratch.resolve("merged-0").toString())));
        assertEquals(0, result.batches(), "nothing is left to run");
        assertEquals(expected, sha256(scratch.resolve("four.safetensors")));

        quantize(scratch.resolve("unmerged.safetensors"), new CalibrationWork(0, 1, 1, "", slices));
        assertEquals(expected, sha256(scratch.resolve("unmerged.safetensors")));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Chain.halftone().mergeStatistics(List.of(slices.get(0), slices.get(0)),
            scratch.resolve("twice").toString())).getMessage().contains("in both parts; expected each batch once"));
        assertFalse(Files.exists(scratch.resolve("twice")));
    }

    @Test
    void aRunThatIsStoppedGoesOnBehindItsLastBatch() throws Exception {
        Path target = scratch.resolve("stopped.safetensors");
        CompletableFuture<Job<QuantizeResult>> self = new CompletableFuture<>();
        // in the third batch: two are done
        Job<QuantizeResult> job = Chain.halftone().quantize(request(target, new CalibrationWork(1, 1, 1, "", List.of())), progress -> {
            if (progress.stage().equals("calibrate") && progress.done() == 5) {
                self.join().cancel();
            }
        });
        self.complete(job);
        assertThrows(CancellationException.class, job::await);
        assertFalse(Files.exists(target));
        Path journal = target.resolveSibling("stopped.safetensors.calibration");
        assertTrue(Files.exists(journal));

        QuantizeResult result = quantize(target, new CalibrationWork(2, 1, 1, "", List.of()));
        assertEquals(3, result.batches());
        assertEquals(expected, sha256(target));
        assertFalse(Files.exists(journal), "a finished run leaves no statistics");
    }

    @Test
    void statisticsOfAnotherCalibrationAreRefused() throws Exception {
        String file = scratch.resolve("other").toString();
        slice(new CalibrationWork(0, 1, 5, file, List.of()));
        var other = new QuantizeRequest(Chain.TINY, SETTINGS, RUNS.with(6), new CalibrationWork(0, 1, 1, "", List.of(file)), 1,
            CheckpointTarget.compact(scratch.resolve("other.safetensors").toString()), "", Map.of());
        String message = assertThrows(JobException.class, () -> Chain.halftone().quantize(other, ProgressListener.NONE).await()).getMessage();
        assertTrue(message.startsWith(file + ": found statistics of another calibration, "), message);
    }

    @Test
    void valuesThatAreNotFiniteStopItWithTheLayerTheStepAndThePrompt() throws Exception {
        Path copy = scratch.resolve("broken");
        copy(Chain.MODELS.resolve("tiny-sdxl"), copy);
        poison(copy.resolve("unet/diffusion_pytorch_model.fp16.safetensors"), "mid_block.attentions.0.transformer_blocks.0.ff.net.2.bias");
        var request = new QuantizeRequest(PipelineSource.of(copy), SETTINGS, RUNS, CalibrationWork.whole(), 1,
            CheckpointTarget.compact(scratch.resolve("broken.safetensors").toString()), "", Map.of());
        String message = assertThrows(JobException.class, () -> Chain.halftone().quantize(request, ProgressListener.NONE).await()).getMessage();
        assertTrue(message.matches("mid_block\\.attentions\\.0\\.transformer_blocks\\.0\\.ff\\.net\\.2: found NaN going out of it at step 0 of the prompt "
            + "\".*\"; expected finite values: try another model dtype"), message);
    }

    @Test
    void trialsKeepTheBestAndReportAll() throws Exception {
        var request = new QuantizeRequest(Chain.TINY, SETTINGS, CalibrationSettings.of(2, 2, 5), CalibrationWork.whole(), 2,
            CheckpointTarget.compact(scratch.resolve("best.safetensors").toString()), "", Map.of());
        QuantizeResult result = Chain.halftone().quantize(request, ProgressListener.NONE).await();
        assertEquals(2, result.trials().size());
        assertTrue(result.trials().get(0).psnr() >= result.trials().get(1).psnr(), "found " + result.trials());
        long kept = result.trials().get(0).seed();
        var alone = new QuantizeRequest(Chain.TINY, SETTINGS, CalibrationSettings.of(2, 2, kept), CalibrationWork.whole(), 1,
            CheckpointTarget.compact(scratch.resolve("alone.safetensors").toString()), "", Map.of());
        Chain.halftone().quantize(alone, ProgressListener.NONE).await();
        assertEquals(sha256(scratch.resolve("alone.safetensors")), sha256(scratch.resolve("best.safetensors")));
    }

    private static QuantizeRequest request(Path checkpoint, CalibrationWork work) {
        return new QuantizeRequest(Chain.TINY, SETTINGS, RUNS, work, 1, CheckpointTarget.compact(checkpoint.toString()), "", Map.of());
    }

    private static QuantizeResult quantize(Path checkpoint, CalibrationWork work) throws Exception {
        return Chain.halftone().quantize(request(checkpoint, work), ProgressListener.NONE).await();
    }

    private static QuantizeResult slice(CalibrationWork work) throws Exception {
        return Chain.halftone().quantize(new QuantizeRequest(Chain.TINY, SETTINGS, RUNS, work, 1, CheckpointTarget.none(), "", Map.of()),
            ProgressListener.NONE).await();
    }

    private static String sha256(Path file) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    /** Makes the first element of a float16 tensor NaN. */
    private static void poison(Path file, String tensor) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            channel.read(length, 0);
            int header = (int) length.getLong(0);
            ByteBuffer json = ByteBuffer.allocate(header);
            channel.read(json, 8);
            String text = new String(json.array(), StandardCharsets.UTF_8);
            String entry = text.substring(text.indexOf("\"" + tensor + "\""));
            long offset = Long.parseLong(entry.replaceFirst("(?s).*?data_offsets\"\\s*:\\s*\\[\\s*(\\d+).*", "$1"));
            channel.write(ByteBuffer.wrap(new byte[] {0, 0x7e}), 8 + header + offset);
        }
    }
}
