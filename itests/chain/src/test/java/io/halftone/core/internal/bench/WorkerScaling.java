package io.halftone.core.internal.bench;

import io.halftone.api.CalibrationSettings;
import io.halftone.api.CalibrationWork;
import io.halftone.api.CheckpointTarget;
import io.halftone.api.Distribution;
import io.halftone.api.PipelineSource;
import io.halftone.api.ProgressListener;
import io.halftone.api.QuantSettings;
import io.halftone.api.QuantizeRequest;
import io.halftone.core.internal.Chain;
import io.halftone.ops.DType;
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
 * How much faster two workers calibrate the tiny SDXL than one, each on one thread: 32 prompts of 20 steps, one worker and two in turn, after a pair that
 * warms up. Prints a row a pair: seconds and processor seconds of each, the efficiency t1 / (2 t2), and the machine's load before; then the medians.
 * {@code OMP_NUM_THREADS=1} is to be set. Arguments, with their defaults: {@code [PAIRS 5] [DISTRIBUTOR in-process] [DEVICES cpu]}; with two devices,
 * {@code cuda:0,cuda:1}, one worker computes on the first and two on both.
 */
public final class WorkerScaling {
    private static final int PROMPTS = 32;
    private static final int STEPS = 20;
    private static final QuantSettings SETTINGS = QuantSettings.int8(new QuantLevel("3"));

    private final Path scratch;
    private final String distributor;
    private final String devices;

    private WorkerScaling(Path scratch, String distributor, String devices) {
        this.scratch = scratch;
        this.distributor = distributor;
        this.devices = devices;
    }

    /** What a run took. */
    private record Taken(double seconds, double processor) {}

    /** Measures and prints. */
    public static void main(String[] args) throws Exception {
        int pairs = args.length > 0 ? Integer.parseInt(args[0]) : 5;
        WorkerScaling scaling = new WorkerScaling(Files.createTempDirectory("halftone-scaling"), args.length > 1 ? args[1] : Distribution.IN_PROCESS,
            args.length > 2 ? args[2] : "cpu");
        System.out.println("| pair | load before | one worker s | processor s | two workers s | processor s | efficiency | by processor time |");
        System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- |");
        List<Double> wall = new ArrayList<>();
        List<Double> processor = new ArrayList<>();
        for (int pair = 0; pair <= pairs; pair++) {
            double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
            // which comes first changes, so that a drift of the machine does not count for one of them
            Taken one = pair % 2 == 0 ? scaling.calibrate(1, pair) : null;
            Taken two = scaling.calibrate(2, pair);
            one = one == null ? scaling.calibrate(1, pair) : one;
            if (pair > 0) {
                wall.add(one.seconds() / (2 * two.seconds()));
                processor.add(one.processor() / two.processor());
                System.out.printf(Locale.ROOT, "| %d | %.1f | %.2f | %.2f | %.2f | %.2f | %.3f | %.3f |%n", pair, load, one.seconds(), one.processor(),
                    two.seconds(), two.processor(), wall.get(pair - 1), processor.get(pair - 1));
            }
        }
        System.out.printf(Locale.ROOT, "median efficiency %.3f, by processor time %.3f%n", median(wall), median(processor));
        System.exit(0);
    }

    private Taken calibrate(int workers, int run) throws Exception {
        String device = workers == 1 ? devices.split(",")[0] : devices;
        Path statistics = scratch.resolve("statistics-" + workers + "-" + run);
        long processor = processorNanos();
        long begin = System.nanoTime();
        Chain.halftone().quantize(new QuantizeRequest(new PipelineSource("", "tiny-sdxl", DType.FLOAT32).on(device), SETTINGS,
            CalibrationSettings.of(PROMPTS, STEPS, run), new CalibrationWork(workers, 1, 1, statistics.toString(), List.of(), distributor), 1,
            CheckpointTarget.none(), "", Map.of()), ProgressListener.NONE).await();
        return new Taken((System.nanoTime() - begin) / 1e9, (processorNanos() - processor) / 1e9);
    }

    private static long processorNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
