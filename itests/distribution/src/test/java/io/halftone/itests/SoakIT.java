package io.halftone.itests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.CoreOptions.vmOption;

import io.halftone.api.Halftone;
import io.halftone.itests.Cycles.Kind;
import io.halftone.itests.Cycles.Outcome;
import io.halftone.itests.Cycles.Sample;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import javax.inject.Inject;
import org.apache.karaf.features.BootFinished;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.BundleContext;

/** A thousand cycles of a plugin while jobs run, and as many of a bundle with nothing in it: profile {@code soak}. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class SoakIT {
    private static final int CYCLES = Integer.getInteger("soak.cycles", 1000);
    private static final int DROPPED = 20;
    private static final long LIVE_PER_CYCLE = 2 << 10;
    private static final long RESIDENT_PER_CYCLE = 4 << 10;

    @Inject
    private BundleContext context;
    /** There once Karaf has started all that it starts by itself: no test begins before. */
    @Inject
    private BootFinished booted;
    @Inject
    private Halftone halftone;

    @Configuration
    public static Option[] configuration() {
        return Exam.withFixedHeap("768m", vmOption("-Dsoak.cycles=" + CYCLES));
    }

    @Test
    public void aThousandCyclesLeaveNothingBehind() throws Exception {
        Path scratch = Files.createDirectories(Path.of(System.getProperty("halftone.scratch")));
        Outcome empty = run(Kind.EMPTY, scratch);
        Outcome adapter = run(Kind.ADAPTER, scratch);
        double live = slope(adapter, Sample::live);
        double resident = slope(adapter, Sample::resident);
        double usual = slope(empty, Sample::resident);
        String figures = String.format(Locale.ROOT, "%d jobs, %d of them beside the cycles, %d failed; %d starts refused at first; %d loaders alive; "
            + "heap and metaspace %+.2f KiB a cycle; resident %+.2f KiB a cycle, with an empty bundle %+.2f (heap and metaspace %+.2f)%n",
            adapter.jobs() + empty.jobs(), adapter.beside() + empty.beside(), adapter.failures().size() + empty.failures().size(),
            adapter.refusals() + empty.refusals(), adapter.loaders(), live / 1024, resident / 1024, usual / 1024, slope(empty, Sample::live) / 1024);
        Files.writeString(scratch.resolve("soak.txt"), figures);
        System.out.print(figures);
        assertEquals(adapter.failures() + " " + empty.failures(), 0, adapter.failures().size() + empty.failures().size());
        assertTrue(figures, adapter.beside() > DROPPED + CYCLES && empty.beside() > DROPPED + CYCLES);
        assertTrue(figures, adapter.loaders() <= 2);
        assertTrue(figures, live < LIVE_PER_CYCLE);
        assertTrue(figures, resident <= usual + RESIDENT_PER_CYCLE);
    }

    private Outcome run(Kind kind, Path scratch) throws Exception {
        Path folder = Files.createTempDirectory(scratch, "soak");
        Outcome outcome = new Cycles(context, halftone, folder).run(kind, DROPPED, CYCLES);
        List<String> lines = new ArrayList<>(List.of("cycle,live,resident"));
        outcome.samples().forEach(sample -> lines.add(sample.cycle() + "," + sample.live() + "," + sample.resident()));
        Files.write(scratch.resolve("soak-" + kind.name().toLowerCase(Locale.ROOT) + ".csv"), lines);
        return outcome;
    }

    /** Bytes a cycle over the last half: the median of the slopes between any two samples (Theil and Sen), which minds no outlier. */
    private static double slope(Outcome outcome, ToLongFunction<Sample> bytes) {
        List<Sample> last = outcome.samples().stream().filter(sample -> sample.cycle() > CYCLES / 2).toList();
        List<Double> slopes = new ArrayList<>();
        for (int i = 0; i < last.size(); i++) {
            for (int j = i + 1; j < last.size(); j++) {
                slopes.add((bytes.applyAsLong(last.get(j)) - bytes.applyAsLong(last.get(i))) / (double) (last.get(j).cycle() - last.get(i).cycle()));
            }
        }
        Collections.sort(slopes);
        return slopes.get(slopes.size() / 2);
    }
}
