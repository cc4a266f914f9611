package io.halftone.cluster.internal;

import io.halftone.api.ProgressListener;
import io.halftone.core.internal.Chain;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A process of a cluster over the tiny SDXL, and how it is seen by whoever started it. */
final class ClusterProcess {
    static final String EQUAL = "checkpoint written";
    static final String SECRET = "a secret of the tests";
    private static final long LIMIT_SECONDS = 300;
    /** A system property of a number format's name behind it: the version that the format's bundle seems to have. */
    static final String VERSION = "halftone.cluster.version.";

    private final Process process;
    private final BlockingDeque<String> lines = new LinkedBlockingDeque<>();
    private final List<String> said = new ArrayList<>();

    private ClusterProcess(Process process) {
        this.process = process;
    }

    /**
     * {@code member}, or {@code member late}, which joins once it reads a character; it does what it reads: {@code KILL 200} has it kill itself in its next unit, 200 ms after it took it, {@code STOP 200} stop itself
     * there. Or {@code quantize}, {@code evaluate} or {@code search}, a distributor, how many prompts, and the file or folder to write.
     */
    public static void main(String[] args) throws Exception {
        ClusterDistributor cluster = (ClusterDistributor) Chain.PLUGINS.distributors().get("cluster");
        if (args[0].equals("member")) {
            Blow blow = new Blow(Chain.workbench(System.getProperties().stringPropertyNames().stream().filter(name -> name.startsWith(VERSION))
                .collect(Collectors.toMap(name -> name.substring(VERSION.length()), System::getProperty))));
            if (args.length > 1) {   // late: joins when it is told
                System.out.println("ready");
                System.in.read();
            }
            ClusterDistributor member = new ClusterDistributor((ClusterConfig) Chain.configured(ClusterConfig.class), blow);
            try {
                member.work();
            } catch (IllegalStateException e) {
                System.out.println("failed: " + e.getMessage());
                Runtime.getRuntime().halt(1);
            }
            System.out.println("joined");
            tell(member);
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = in.readLine(); line != null; line = in.readLine()) {   // until whoever started it is gone
                blow.strike(line.split(" ")[0], Long.parseLong(line.split(" ")[1]));
            }
            Runtime.getRuntime().halt(0);
        }
        tell(cluster);
        ProgressListener steps = progress -> System.out.println(progress.stage() + " " + progress.done() + " of " + progress.total());
        try {
            Jobs.run(args[0], args[1], Integer.parseInt(args[2]), Path.of(args[3]), steps);
            System.out.println(EQUAL);
        } catch (Exception e) {
            System.out.println("failed: " + e.getMessage());
        }
        Runtime.getRuntime().halt(0);
    }

    /** One that is configured so, and by its defaults. */
    static ClusterDistributor distributor(Map<String, Object> given) {
        ClusterConfig configured = (ClusterConfig) Chain.configured(ClusterConfig.class);
        ClusterConfig config = (ClusterConfig) Proxy.newProxyInstance(ClusterConfig.class.getClassLoader(), new Class<?>[] {ClusterConfig.class},
            (proxy, method, arguments) -> given.containsKey(method.getName()) ? given.get(method.getName()) : method.invoke(configured));
        return new ClusterDistributor(config, Chain.workbench(Map.of()));
    }

    /** Says how many units it has run, how many were lent again, and who was refused. */
    private static void tell(ClusterDistributor cluster) {
        Thread told = new Thread(() -> {
            long units = -1;
            int again = 0;
            Set<String> refused = new HashSet<>();
            while (true) {
                MemberState state = cluster.state();
                if (state.units() != units) {
                    units = state.units();
                    System.out.println("units " + units);
                }
                for (MemberState.JobState job : state.jobs()) {
                    if (job.again() > again) {
                        again = job.again();
                        System.out.println("again " + again);
                    }
                }
                state.refusals().stream().filter(refused::add).forEach(refusal -> System.out.println("refused " + refusal));
                sleep(50);
            }
        });
        told.setDaemon(true);
        told.start();
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
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
            "-DClusterConfig.heartbeatLimit=" + limit, "-DClusterConfig.workers=1", "-DClusterConfig._secret=" + SECRET));
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
        return awaitPart("calibrate", part);
    }

    private boolean awaitPart(String stage, double part) throws InterruptedException {
        while (true) {
            String line = next();
            String[] words = line.split(" ");
            if (line.equals(EQUAL) || line.startsWith("failed: ")) {
                lines.addFirst(line);
                return false;
            } else if (words[0].equals(stage) && Integer.parseInt(words[1]) >= part * Integer.parseInt(words[3])) {
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
        return last("units ");
    }

    /** Units of its job that it said were lent again. */
    long again() {
        return last("again ");
    }

    private long last(String word) {
        List<String> all = new ArrayList<>(said);
        all.addAll(lines);   // and whoever waits for a line still finds it
        return all.stream().filter(line -> line.startsWith(word)).mapToLong(line -> Long.parseLong(line.substring(word.length()))).max().orElse(0);
    }

    /** Has a member send itself a signal in the middle of its next unit. */
    void strike(String signal, long millis) throws IOException {
        process.getOutputStream().write((signal + " " + millis + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    /** Has a late member join. */
    void joinNow() throws IOException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
    }

    /** Waits for the first line that begins so; what follows there. */
    String awaitLine(String beginning) throws InterruptedException {
        for (String line = next();; line = next()) {
            if (line.startsWith(beginning)) {
                return line.substring(beginning.length());
            }
        }
    }

    /** Sends a signal. */
    void signal(String signal) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
    }

    /** Seconds of processor time so far. */
    double processorSeconds() {
        return process.info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
    }

    /** Ends it. */
    void end() {
        process.destroyForcibly();
    }
}
