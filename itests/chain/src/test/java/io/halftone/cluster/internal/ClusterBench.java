package io.halftone.cluster.internal;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What a cluster costs, and what it brings, on the tiny SDXL: calibrations one after the other in this process, in this process as a
 * cluster of one, on one member, and on two members, each with one worker of one thread. Prints seconds of each turn, and medians of the
 * ratios within a turn. Takes how many turns and how many units.
 */
public final class ClusterBench {
    private static final int LIMIT = 30;

    private ClusterBench() {}

    /** Turns, 5, and units, 60. */
    public static void main(String[] args) throws Exception {
        int turns = args.length > 0 ? Integer.parseInt(args[0]) : 5;
        int units = args.length > 1 ? Integer.parseInt(args[1]) : 60;
        Path folder = Files.createTempDirectory("halftone-cluster");
        List<double[]> all = new ArrayList<>();
        for (int turn = 0; turn <= turns; turn++) {
            double[] seconds = {run("in-process", units, folder, 0, true), run("cluster", units, folder, 0, true),
                run("cluster", units, folder, 1, false), run("cluster", units, folder, 2, false)};
            if (turn > 0) {   // the first one warms files and caches
                all.add(seconds);
                System.out.printf(Locale.ROOT, "turn %d: in-process %.2f s, cluster of one %.2f s, one member %.2f s, two members %.2f s%n", turn,
                    seconds[0], seconds[1], seconds[2], seconds[3]);
            }
        }
        System.out.printf(Locale.ROOT, "cluster of one: %+.1f %%%n", (median(all, 1, 0) - 1) * 100);
        System.out.printf(Locale.ROOT, "one member: %+.1f %%%n", (median(all, 2, 0) - 1) * 100);
        System.out.printf(Locale.ROOT, "two members: efficiency %.2f%n", median(all, 2, 3) / 2);
        System.exit(0);
    }

    private static double median(List<double[]> turns, int over, int under) {
        double[] ratios = turns.stream().mapToDouble(seconds -> seconds[over] / seconds[under]).sorted().toArray();
        return ratios[ratios.length / 2];
    }

    /** Seconds between the first step and the last, from the second unit on: without starting and loading. */
    private static double run(String distributor, int units, Path folder, int members, boolean own) throws Exception {
        int port = ClusteredCalibrationTest.freePort();
        List<ClusterProcess> processes = new ArrayList<>();
        try {
            for (int i = 0; i < members; i++) {
                processes.add(ClusterProcess.start(port, LIMIT, List.of(), "member"));
            }
            for (ClusterProcess process : processes) {
                process.await("joined");
            }
            ClusterProcess coordinator = ClusterProcess.start(port, LIMIT, List.of("-DClusterConfig.ownWorkers=" + own), "quantize", distributor,
                Integer.toString(units), folder.resolve("checkpoint.safetensors").toString());
            processes.add(coordinator);
            coordinator.awaitPart(0.2);
            long began = System.nanoTime();
            coordinator.awaitPart(1);
            return (System.nanoTime() - began) / 1e9;
        } finally {
            processes.forEach(ClusterProcess::end);
        }
    }
}
