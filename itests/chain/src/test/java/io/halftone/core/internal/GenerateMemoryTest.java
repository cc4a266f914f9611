package io.halftone.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.BackboneChoice;
import io.halftone.api.GenerateRequest;
import io.halftone.api.ProgressListener;
import io.halftone.api.Sampling;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Run after run leaves no native memory behind. With {@code -Pmemory} 500 runs over a heap that is touched beforehand, and the slope of resident
 * memory; with every build as many as show that each gives back what it took.
 */
class GenerateMemoryTest {
    private static final int RUNS = Integer.getInteger("halftone.runs", 4);
    /** The first runs load libraries and fill caches. */
    private static final int SETTLED = RUNS * 2 / 5;
    private static final double MOST_KIB_A_RUN = 64;

    @TempDir
    Path scratch;

    @Test
    void givesBackWhatARunTook() throws Exception {
        var sampling = new Sampling(List.of("a small green ring on the right of a black background"), "", 2, 5, 0, 0, 1, "");
        var request = new GenerateRequest(Chain.TINY, BackboneChoice.fullPrecision(), sampling, scratch.resolve("p.png").toString(), "");
        List<Long> resident = new ArrayList<>();
        Chain.halftone().generate(request, ProgressListener.NONE).await();
        System.gc();   // what loading the library made, once, goes with its wrapper
        Thread.sleep(200);
        long held = Pointer.totalBytes();
        for (int run = 0; run < RUNS; run++) {
            Chain.halftone().generate(request, ProgressListener.NONE).await();
            assertEquals(held, Pointer.totalBytes(), "bytes that JavaCPP counts after run " + run);
            resident.add(resident());
        }
        double slope = slope(resident.subList(SETTLED, RUNS)) / 1024;
        System.out.printf(Locale.ROOT, "%d runs: %d bytes held after each; resident %+.2f KiB a run from run %d on%n", RUNS, held, slope, SETTLED);
        assertTrue(RUNS < 100 || slope < MOST_KIB_A_RUN, () -> slope + " KiB a run");
    }

    /** Bytes. */
    private static long resident() throws Exception {
        String line = Files.readAllLines(Path.of("/proc/self/status")).stream().filter(each -> each.startsWith("VmRSS:")).findFirst().orElseThrow();
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
    }

    /** The median of the slopes between any two samples (Theil and Sen), which minds no outlier. */
    private static double slope(List<Long> samples) {
        List<Double> slopes = new ArrayList<>();
        for (int i = 0; i < samples.size(); i++) {
            for (int j = i + 1; j < samples.size(); j++) {
                slopes.add((samples.get(j) - samples.get(i)) / (double) (j - i));
            }
        }
        Collections.sort(slopes);
        return slopes.get(slopes.size() / 2);
    }
}
