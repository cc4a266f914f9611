package io.halftone.cluster.internal;

import io.halftone.api.CalibrationSettings;
import io.halftone.api.CalibrationWork;
import io.halftone.api.CheckpointTarget;
import io.halftone.api.ProgressListener;
import io.halftone.api.QuantSettings;
import io.halftone.api.QuantizeRequest;
import io.halftone.core.internal.Chain;
import io.halftone.quant.QuantLevel;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** A process of a cluster over the tiny SDXL, and how it is seen by whoever started it. */
final class ClusterProcess {
    static final String EQUAL = "checkpoint written";
    private static final long LIMIT_SECONDS = 300;
    private static final QuantSettings INT8 = new QuantSettings("int8", new QuantLevel("3"), "standard", "smoothquant", Map.of(), "min-mean", 1,
        List.of());

    private final Process process;
    private final BlockingDeque<String> lines = new LinkedBlockingDeque<>();
    private final List<String> said = new ArrayList<>();

    private ClusterProcess(Process process) {
        this.process = process;
    }

    /** {@code member}; or {@code quantize}, a distributor, how many prompts, and the checkpoint to write. */
    public static void main(String[] args) throws Exception {
        if (args[0].equals("member")) {
            ClusterDistributor cluster = (ClusterDistributor) Chain.PLUGINS.distributors().get("cluster");
            cluster.work();
            System.out.println("joined");
            Thread told = new Thread(() -> tell(cluster));
            told.setDaemon(true);
            told.start();
            System.in.read();   // until whoever started it is gone
            Runtime.getRuntime().halt(0);
        }
        quantize(args[1], Integer.parseInt(args[2]), Path.of(args[3]), progress -> {
            if (progress.stage().equals("calibrate")) {
                System.out.println("step " + progress.done() + " of " + progress.total());
            }
        });
        System.out.println(EQUAL);
        Runtime.getRuntime().halt(0);
    }

    private static void tell(ClusterDistributor cluster) {
        long units = -1;
        while (true) {
            if (cluster.state().units() != units) {
                units = cluster.state().units();
                System.out.println("units " + units);
            }
            sleep(50);
        }
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Calibrates over as many prompts, one in a unit, and writes a checkpoint. */
    static void quantize(String distributor, int prompts, Path checkpoint, ProgressListener listener) throws Exception {
        List<String> list = IntStream.range(0, prompts).mapToObj(i -> "a picture of " + i + " circles").toList();
        CalibrationSettings runs = new CalibrationSettings(list, "", prompts, 1, 2, Double.NaN, 64, 64, 5);
        Chain.halftone().quantize(new QuantizeRequest(Chain.TINY, INT8, runs, new CalibrationWork(1, 1, 1, "", List.of(), distributor), 1,
            CheckpointTarget.compact(checkpoint.toString()), "", Map.of()), listener).await();
    }

    /**
     * Starts one that joins at a port.
     *
     * @param options of the JVM
     */
    static ClusterProcess start(int port, int limit, List<String> options, String... what) throws IOException {
        return start(List.of(), port, limit, options, what);
    }

    /** The same, by another program. */
    static ClusterProcess start(List<String> by, int port, int limit, List<String> options, String... what) throws IOException {
        List<String> command = new ArrayList<>(by);
        command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m",
            "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dhazelcast.logging.type=none", "-DClusterConfig.port=" + port,
            "-DClusterConfig.ports=10",
            "-DClusterConfig.heartbeatLimit=" + limit, "-DClusterConfig.workers=1", "-DClusterConfig._secret=a secret of the tests"));
        command.addAll(options);
        for (String name : List.of("halftone.models", "org.bytedeco.javacpp.cachedir", "org.bytedeco.javacpp.platform.extension",
                "org.bytedeco.javacpp.maxPhysicalBytes")) {
            command.add("-D" + name + "=" + System.getProperty(name, ""));
        }
        command.addAll(List.of("-Dorg.slf4j.simpleLogger.defaultLogLevel=error", "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")), ClusterProcess.class.getName()));
        command.addAll(List.of(what));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        ClusterProcess started = new ClusterProcess(process);
        Thread reader = new Thread(() -> {
            try (BufferedReader in = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                in.lines().forEach(started.lines::add);
            } catch (IOException | UncheckedIOException e) {   // it was killed
                started.lines.add("unreadable " + e);
            }
        });
        reader.setDaemon(true);
        reader.start();
        return started;
    }

    /** Waits until it says that. */
    void await(String line) throws InterruptedException {
        while (!next().equals(line)) {
            // it says other things too
        }
    }

    /** Waits until that part of the steps is done, 0 to 1; whether it still runs then. */
    boolean awaitPart(double part) throws InterruptedException {
        while (true) {
            String line = next();
            String[] words = line.split(" ");
            if (line.equals(EQUAL)) {
                lines.addFirst(line);
                return false;
            } else if (words[0].equals("step") && Integer.parseInt(words[1]) >= part * Integer.parseInt(words[3])) {
                return true;
            }
        }
    }

    /** Waits until it says that it has run so many units. */
    void awaitUnits(long units) throws InterruptedException {
        while (units() < units) {
            next();
        }
    }

    private String next() throws InterruptedException {
        String line = null;
        for (int i = 0; line == null && i < LIMIT_SECONDS && (process.isAlive() || !lines.isEmpty()); i++) {
            line = lines.poll(1, TimeUnit.SECONDS);
        }
        if (line == null) {
            throw new AssertionError("it ended, or said nothing for " + LIMIT_SECONDS + " s; before: "
                + said.subList(Math.max(0, said.size() - 30), said.size()));
        }
        said.add(line);
        return line;
    }

    /** Units that it said it has run. */
    long units() {
        said.addAll(lines);   // and whoever waits for a line still finds it
        return said.stream().filter(line -> line.startsWith("units ")).mapToLong(line -> Long.parseLong(line.substring(6))).max().orElse(0);
    }

    /** Sends a signal. */
    void signal(String signal) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
    }

    /** Ends it. */
    void end() {
        process.destroyForcibly();
    }
}
