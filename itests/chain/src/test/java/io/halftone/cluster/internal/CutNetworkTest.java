package io.halftone.cluster.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.ProgressListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three hosts, each a network namespace, of which one's link is cut and mended, a member's first and then the coordinator's: the
 * checkpoint has the bytes of one process, and members that were cut off work on. Needs root and {@code ip}; part of the long form.
 */
class CutNetworkTest {
    private static final int PORT = 5701;
    private static final int LIMIT = 5;
    private static final long CUT_SECONDS = 15;
    private static final String PREFIX = "halftone";

    @TempDir
    private Path folder;

    private final List<ClusterProcess> processes = new ArrayList<>();

    private static boolean run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    }

    private static void ip(String arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments.split(" ")));
        assertTrue(run(command.toArray(String[]::new)), "ip " + arguments);
    }

    private static String host(int number) {
        return PREFIX + number;
    }

    /** Hosts 1 to 3 at 10.77.0.1 to 3, on a bridge in a namespace of its own. */
    private static void hosts() throws IOException, InterruptedException {
        ip("netns add " + host(0));
        ip("-n " + host(0) + " link add bridge type bridge");
        ip("-n " + host(0) + " link set bridge up");
        for (int i = 1; i <= 3; i++) {
            ip("netns add " + host(i));
            ip("-n " + host(i) + " link set lo up");
            ip("-n " + host(0) + " link add port" + i + " type veth peer name eth0 netns " + host(i));
            ip("-n " + host(0) + " link set port" + i + " master bridge up");
            ip("-n " + host(i) + " addr add 10.77.0." + i + "/24 dev eth0");
            ip("-n " + host(i) + " link set eth0 up");
        }
    }

    private static void link(int host, String state) throws IOException, InterruptedException {
        ip("-n " + host(0) + " link set port" + host + " " + state);
    }

    private ClusterProcess start(int host, String... what) throws IOException {
        ClusterProcess process = ClusterProcess.start(List.of("ip", "netns", "exec", host(host)), PORT, LIMIT, List.of("-DClusterConfig.ports=2",
            "-DClusterConfig.bindAddress=10.77.0." + host, "-DClusterConfig.members=10.77.0.1,10.77.0.2,10.77.0.3"), what);
        processes.add(process);
        return process;
    }

    @AfterEach
    void end() throws IOException, InterruptedException {
        processes.forEach(ClusterProcess::end);
        for (int i = 0; i <= 3; i++) {
            run("ip", "netns", "del", host(i));
        }
    }

    @Test
    void hasTheSameBytesWhenALinkIsCutAndMended() throws Exception {
        Assumptions.assumeTrue(Integer.getInteger("halftone.cluster.rounds", 0) > 0, "the long form: -Pcluster");
        Assumptions.assumeTrue(run("ip", "netns", "add", host(0)) && run("ip", "netns", "del", host(0)), "needs root and ip netns");
        int prompts = 2400;   // so that the job outlasts both cuts on idle cores
        Path expected = folder.resolve("alone.safetensors");
        Jobs.quantize("in-process", prompts, expected, ProgressListener.NONE);
        hosts();
        ClusterProcess second = start(2, "member");
        second.await("joined");
        ClusterProcess third = start(3, "member");
        third.await("joined");
        Path checkpoint = folder.resolve("clustered.safetensors");
        ClusterProcess coordinator = start(1, "quantize", "cluster", Integer.toString(prompts), checkpoint.toString());
        long[] units = new long[3];
        coordinator.awaitPart(0.15);
        link(2, "down");
        TimeUnit.SECONDS.sleep(CUT_SECONDS);
        units[0] = second.units();
        link(2, "up");
        second.awaitUnits(units[0] + 2);   // one may have been done while it was cut off
        units[1] = second.units();
        assertTrue(coordinator.awaitPart(0.5), "the job ended before the coordinator's link was cut");
        link(1, "down");   // the one that coordinates is on the smaller side
        TimeUnit.SECONDS.sleep(CUT_SECONDS);
        units[2] = second.units() + third.units();
        link(1, "up");
        coordinator.await(ClusterProcess.EQUAL);
        assertEquals(-1, Files.mismatch(expected, checkpoint));
        System.out.printf("cut network: the second host ran %d units before it was cut off and %d once it was back; both %d before the "
            + "coordinator was cut off and %d at the end%n", units[0], units[1], units[2], second.units() + third.units());
    }
}
