package io.halftone.core.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.BackboneChoice;
import io.halftone.api.CalibrationSettings;
import io.halftone.api.GenerateRequest;
import io.halftone.api.Halftone;
import io.halftone.api.JobInfo;
import io.halftone.api.JobListener;
import io.halftone.api.Preview;
import io.halftone.api.ProgressListener;
import io.halftone.api.QuantSettings;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.Sampling;
import io.halftone.imaging.Picture;
import io.halftone.imaging.Png;
import io.halftone.quant.QuantLevel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What whoever watches a job sees of its latents, and that the job does not mind. */
class PreviewTest {
    private static final int STEPS = 10;
    private static final double LEAST_LIKENESS = 0.999;   // the picture itself, in bytes

    @TempDir
    Path scratch;

    private final Halftone halftone = Chain.halftone();

    private Path picture(String name, ProgressListener listener) throws Exception {
        Path file = scratch.resolve(name);
        var sampling = new Sampling(List.of("a small green ring on the right of a black background"), "", STEPS, 5, 0, 0, 1, "");
        halftone.generate(new GenerateRequest(Chain.TINY, BackboneChoice.fullPrecision(), sampling, file.toString(), ""), listener).await();
        return file;
    }

    private Path checkpoint(String name) throws Exception {
        Path file = scratch.resolve(name);
        halftone.quantize(QuantizeRequest.of(Chain.TINY, QuantSettings.int8(new QuantLevel("3")), CalibrationSettings.of(2, 4, 0), file.toString(), ""),
            ProgressListener.NONE).await();
        return file;
    }

    /** By number, all that a watcher sees who asks whenever it hears of the job. */
    private Map<Long, Preview> watched(ThrowingWork work) throws Exception {
        Map<Long, Preview> seen = new ConcurrentHashMap<>();
        try (JobListener.Registration registration = halftone.listen((JobInfo job) -> halftone.preview(job.id())
                .ifPresent(preview -> seen.put(preview.number(), preview)))) {
            work.run();
        }
        return new TreeMap<>(seen);
    }

    @FunctionalInterface
    private interface ThrowingWork {
        void run() throws Exception;
    }

    @Test
    void showsThePictureThatComesAndLeavesItAsItIs() throws Exception {
        byte[] alone = Files.readAllBytes(picture("alone.png", ProgressListener.NONE));
        List<Preview> seen = new ArrayList<>();
        Path file = picture("watched.png", progress -> {   // on the job's thread: wishes at the last step but one, and looks before the decoder
            if (progress.stage().equals("generate") && progress.done() == STEPS - 1 || progress.stage().equals("decode")) {
                List<JobInfo> jobs = halftone.jobs();
                halftone.preview(jobs.get(jobs.size() - 1).id()).ifPresent(seen::add);
            }
        });

        assertArrayEquals(alone, Files.readAllBytes(file));
        assertEquals(List.of("Preview 1 of call 10 of 10, 128 x 128"), seen.stream().map(Preview::toString).toList());
        double likeness = correlation(seen.get(0), Png.read(file));
        assertTrue(likeness > LEAST_LIKENESS, "correlation " + likeness);
    }

    @Test
    void leavesACalibrationAsItIs() throws Exception {
        byte[] alone = Files.readAllBytes(checkpoint("alone.safetensors"));
        Path[] file = new Path[1];
        Map<Long, Preview> seen = watched(() -> file[0] = checkpoint("watched.safetensors"));

        assertArrayEquals(alone, Files.readAllBytes(file[0]));
        assertTrue(!seen.isEmpty(), "a preview at least");
    }

    @Test
    void isNotThereForJobsThatEndedOrAreNot() throws Exception {
        picture("p.png", ProgressListener.NONE);
        List<JobInfo> jobs = halftone.jobs();
        assertTrue(halftone.preview(jobs.get(jobs.size() - 1).id()).isEmpty());
        assertTrue(halftone.preview("generate-0").isEmpty());
    }

    /** Pearson's, of the preview and the means of the picture's blocks, all colours together. */
    private static double correlation(Preview preview, Picture picture) {
        int block = picture.width() / preview.width();
        float[] rgb = picture.rgb();
        byte[] small = preview.rgb();
        int count = small.length;
        double[] a = new double[count];
        double[] b = new double[count];
        for (int y = 0; y < preview.height(); y++) {
            for (int x = 0; x < preview.width(); x++) {
                for (int c = 0; c < 3; c++) {
                    int at = 3 * (y * preview.width() + x) + c;
                    a[at] = small[at] & 0xff;
                    for (int i = 0; i < block * block; i++) {
                        b[at] += rgb[(c * picture.height() + y * block + i / block) * picture.width() + x * block + i % block];
                    }
                }
            }
        }
        double ma = java.util.Arrays.stream(a).average().orElseThrow();
        double mb = java.util.Arrays.stream(b).average().orElseThrow();
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < count; i++) {
            ab += (a[i] - ma) * (b[i] - mb);
            aa += (a[i] - ma) * (a[i] - ma);
            bb += (b[i] - mb) * (b[i] - mb);
        }
        return ab / Math.sqrt(aa * bb);
    }
}
