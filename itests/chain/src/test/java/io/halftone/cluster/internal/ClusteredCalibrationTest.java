package io.halftone.cluster.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.ProgressListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A calibration of the tiny SDXL by several processes, of which some are killed: the checkpoint has the bytes of one process. System
 * properties {@code halftone.cluster.rounds} and {@code halftone.cluster.seed} say how often the long form runs, and what happens when.
 */
class ClusteredCalibrationTest {
    private static final int ROUNDS = Integer.getInteger("halftone.cluster.rounds", 0);
    private static final long SEED = Long.getLong("halftone.cluster.seed", 17);
    private static final int LIMIT = 5;

    @TempDir
    private Path folder;

    private final List<ClusterProcess> processes = new ArrayList<>();

    /** The first of ten ports that members try, outside the range that the system gives out itself. */
    static int freePort() {
        while (true) {
            int first = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            if (IntStream.range(first, first + 10).allMatch(ClusteredCalibrationTest::isFree)) {
                return first;
            }
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    private ClusterProcess start(int port, String... what) throws IOException {
        return start(port, List.of(), what);
    }

    private ClusterProcess start(int port, List<String> options, String... what) throws IOException {
        ClusterProcess process = ClusterProcess.start(port, LIMIT, options, what);
        processes.add(process);
        return process;
    }

    @AfterEach
    void end() {
        processes.forEach(ClusterProcess::end);
        processes.clear();
    }

    private Path alone(int prompts) throws Exception {
        Path checkpoint = folder.resolve("alone.safetensors");
        Jobs.quantize("in-process", prompts, checkpoint, ProgressListener.NONE);
        return checkpoint;
    }

    @Test
    void hasTheSameBytesWhenAMemberIsKilled() throws Exception {
        int prompts = 16;
        int port = freePort();
        ClusterProcess killed = start(port, "member");
        ClusterProcess other = start(port, "member");
        Path expected = alone(prompts);
        killed.await("joined");
        other.await("joined");
        Path checkpoint = folder.resolve("clustered.safetensors");
        ClusterProcess coordinator = start(port, List.of("-DClusterConfig.ownWorkers=false"), "quantize", "cluster", Integer.toString(prompts),
            checkpoint.toString());
        killed.awaitUnits(2);
        killed.signal("KILL");
        other.awaitUnits(3);
        coordinator.await(ClusterProcess.EQUAL);
        assertEquals(-1, Files.mismatch(expected, checkpoint));
    }

    @Test
    void hasTheSameBytesWhateverHappensToMembers() throws Exception {
        Assumptions.assumeTrue(ROUNDS > 0, "the long form: -Pcluster");
        int prompts = 300;
        Path expected = alone(prompts);
        Random random = new Random(SEED);
        List<Long> late = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            long began = System.nanoTime();
            String happened = round(prompts, random, folder.resolve("round" + round + ".safetensors"), expected, late);
            System.out.printf("cluster: round %d of %d: %.1f s: same SHA-256; %s%n", round + 1, ROUNDS, (System.nanoTime() - began) / 1e9, happened);
            end();
        }
        // one that joins while the members who say who is there are gone waits until that is settled, which may be longer than the job
        long ran = late.stream().filter(units -> units > 0).count();
        assertTrue(4 * ran >= 3 * late.size(), "units of the late members, a round each: found " + late + "; expected some in three of four");
    }

    /**
     * The coordinator, six members and a late one; two are killed and one is paused for longer than its heartbeat limit, each at a random moment of a
     * unit that it holds, and all of it within the job: their units are run again.
     */
    private String round(int prompts, Random random, Path checkpoint, Path expected, List<Long> ofLate) throws Exception {
        int port = freePort();
        List<ClusterProcess> members = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            members.add(start(port, "member"));
        }
        for (ClusterProcess member : members) {
            member.await("joined");
        }
        ClusterProcess late = start(port, "member", "late");
        late.await("ready");
        members.add(late);
        // members do all of it: the coordinator's own worker would be done before they have loaded
        ClusterProcess coordinator = start(port, List.of("-DClusterConfig.ownWorkers=false"), "quantize", "cluster", Integer.toString(prompts),
            checkpoint.toString());
        double[] moments = random.doubles(4, 0.02, 0.25).sorted().toArray();
        List<String> events = new ArrayList<>(List.of("KILL 0", "KILL 1", "STOP 2", "late"));
        Collections.shuffle(events, random);
        StringBuilder happened = new StringBuilder();
        int pause = 3 * LIMIT + random.nextInt(8);   // one of those that say who is there may be gone too: that takes two limits
        for (int i = 0; i < events.size(); i++) {
            assertTrue(coordinator.awaitPart(moments[i]), "the job ended before " + events.get(i));
            if (events.get(i).equals("late")) {
                late.joinNow();
                happened.append(String.format("late at %.2f, ", moments[i]));
                continue;
            }
            String[] event = events.get(i).split(" ");
            ClusterProcess struck = members.get(Integer.parseInt(event[1]));
            struck.strike(event[0], random.nextInt(1_000));
            happened.append(String.format("%s at %.2f in unit %s, ", event[0], moments[i], struck.awaitLine("struck " + event[0] + " ")));
            if (event[0].equals("STOP")) {
                CompletableFuture.delayedExecutor(pause, TimeUnit.SECONDS).execute(() -> resume(struck));
            }
        }
        coordinator.await(ClusterProcess.EQUAL);
        assertEquals(-1, Files.mismatch(expected, checkpoint), "after " + happened);
        List<Long> units = members.stream().map(ClusterProcess::units).toList();
        assertTrue(coordinator.again() >= 3, "units that were lent again: found " + coordinator.again() + "; expected those of two that were killed and "
            + "of one that was paused; " + happened);
        ofLate.add(late.units());
        return happened + "paused " + pause + " s; " + coordinator.again() + " units lent again; units of members " + units;
    }

    private static void resume(ClusterProcess member) {
        try {
            member.signal("CONT");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
