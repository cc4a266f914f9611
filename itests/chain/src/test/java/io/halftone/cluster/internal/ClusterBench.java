package io.halftone.cluster.internal;

import io.halftone.api.CalibrationSettings;
import io.halftone.api.CalibrationWork;
import io.halftone.api.CheckpointTarget;
import io.halftone.api.Halftone;
import io.halftone.api.ProgressListener;
import io.halftone.api.QuantSettings;
import io.halftone.api.QuantizeRequest;
import io.halftone.core.internal.Chain;
import io.halftone.distribute.WorkDistributor;
import io.halftone.quant.QuantLevel;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a cluster with one member costs, on the tiny SDXL: the same calibration by one worker of this process without a cluster, by one worker of this
 * process as the only member of a cluster, and by another member with one worker, in turns. Each is timed whole, from its request to its result, in
 * processes that have done one before. Which comes first changes from turn to turn. Prints seconds and processor seconds of
 * each, and the median of the ratios within a turn; processor time is of both processes, and other programs disturb it less.
 * {@code OMP_NUM_THREADS=1} and {@code OPENBLAS_NUM_THREADS=1} are to be set. Arguments, with their defaults: {@code [TURNS 5] [PROMPTS 72]}.
 */
public final class ClusterBench {
    private static final int LIMIT = 30;
    private static final int STEPS = 20;
    private static final QuantSettings SETTINGS = QuantSettings.int8(new QuantLevel("3"));
    private static final List<String> WAYS = List.of("in-process", "alone", "member");

    private ClusterBench() {}

    /** Measures and prints. */
    public static void main(String[] args) throws Exception {
        int turns = args.length > 0 ? Integer.parseInt(args[0]) : 5;
        int prompts = args.length > 1 ? Integer.parseInt(args[1]) : 72;
        int port = ClusteredCalibrationTest.freePort();
        int other = ClusteredCalibrationTest.freePort();
        ClusterProcess member = ClusterProcess.start(other, LIMIT, List.of("-XX:TieredStopAtLevel=4", "-Xmx1g"), "member");   // as this process
        try {
            member.await("joined");
            Map<String, WorkDistributor> distributors = Map.of("in-process", Chain.PLUGINS.distributors().get("in-process"),
                "alone", ClusterProcess.distributor(Map.of("port", port, "ports", 1, "_secret", ClusterProcess.SECRET)),
                "member", ClusterProcess.distributor(Map.of("port", other, "ports", 10, "_secret", ClusterProcess.SECRET, "ownWorkers", false)));
            measure(Chain.halftone(distributors), member, turns, prompts);
        } finally {
            member.end();
        }
        System.exit(0);
    }

    private static void measure(Halftone halftone, ClusterProcess member, int turns, int prompts) throws Exception {
        System.out.println("| turn | load before | without s | cluster of one s | another member s | cluster of one | another member "
            + "| processor s | cluster of one | another member |");
        System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        List<double[]> ratios = new ArrayList<>();
        for (int turn = 0; turn <= turns; turn++) {
            double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
            double[][] taken = new double[WAYS.size()][];
            for (int i = 0; i < WAYS.size(); i++) {
                int way = (i + turn) % WAYS.size();
                double before = processorSeconds(member);
                double seconds = calibrate(halftone, WAYS.get(way), turn == 0 ? prompts / 4 : prompts, turn);
                taken[way] = new double[] {seconds, processorSeconds(member) - before};
            }
            if (turn > 0) {   // the first one warms
                double[] its = {taken[1][0] / taken[0][0], taken[2][0] / taken[0][0], taken[1][1] / taken[0][1], taken[2][1] / taken[0][1]};
                ratios.add(its);
                System.out.printf(Locale.ROOT, "| %d | %.1f | %.2f | %.2f | %.2f | %.3f | %.3f | %.2f | %.3f | %.3f |%n", turn, load, taken[0][0],
                    taken[1][0], taken[2][0], its[0], its[1], taken[0][1], its[2], its[3]);
            }
        }
        System.out.printf(Locale.ROOT, "median: a cluster of one %+.2f %%, another member %+.2f %%; by processor time %+.2f %%, %+.2f %%%n",
            median(ratios, 0), median(ratios, 1), median(ratios, 2), median(ratios, 3));
    }

    /** Of this process and the member's. */
    private static double processorSeconds(ClusterProcess member) {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime() / 1e9
            + member.processorSeconds();
    }

    private static double calibrate(Halftone halftone, String distributor, int prompts, int seed) throws Exception {
        Path statistics = Files.createTempDirectory("halftone-cluster").resolve("statistics");
        long begun = System.nanoTime();
        halftone.quantize(new QuantizeRequest(Chain.TINY, SETTINGS, CalibrationSettings.of(prompts, STEPS, seed),
            new CalibrationWork(1, 1, 1, statistics.toString(), List.of(), distributor), 1, CheckpointTarget.none(), "", Map.of()), ProgressListener.NONE).await();
        return (System.nanoTime() - begun) / 1e9;
    }

    /** How much more than 1, in percent. */
    private static double median(List<double[]> turns, int column) {
        double[] sorted = turns.stream().mapToDouble(ratios -> ratios[column]).sorted().toArray();
        return Arrays.stream(sorted, (sorted.length - 1) / 2, sorted.length / 2 + 1).average().orElseThrow() * 100 - 100;
    }
}
