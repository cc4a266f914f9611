package io.halftone.cluster.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halftone.api.ProgressListener;
import io.halftone.core.internal.Chain;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Evaluations and searches by several processes, and members that differ: part of the long form. */
class ClusteredJobsTest {
    private static final int LIMIT = 20;

    @TempDir
    private Path folder;

    private final int port = ClusteredCalibrationTest.freePort();
    private final List<ClusterProcess> processes = new ArrayList<>();

    private ClusterProcess start(List<String> options, String... what) throws IOException {
        ClusterProcess process = ClusterProcess.start(port, LIMIT, options, what);
        processes.add(process);
        return process;
    }

    private ClusterProcess member(String... options) throws Exception {
        ClusterProcess member = start(List.of(options), "member");
        member.await("joined");
        return member;
    }

    private ClusterProcess job(String job, int prompts, Path target, String... options) throws IOException {
        List<String> all = new ArrayList<>(List.of(options));
        all.add("-DClusterConfig.ownWorkers=false");
        return start(all, job, "cluster", Integer.toString(prompts), target.toString());
    }

    @BeforeEach
    void runsInTheLongFormAlone() {
        Assumptions.assumeTrue(Integer.getInteger("halftone.cluster.rounds", 0) > 0, "the long form: -Pcluster");
    }

    @AfterEach
    void end() {
        processes.forEach(ClusterProcess::end);
    }

    @Test
    void anEvaluationHasTheSamePicturesAndNumbers() throws Exception {
        ClusterProcess first = member();
        ClusterProcess second = member();
        ClusterProcess coordinator = job("evaluate", 12, folder.resolve("there"));
        first.awaitUnits(2);
        first.strike("KILL", 0);
        coordinator.await(ClusterProcess.EQUAL);
        assertTrue(second.units() > 0, "the second member ran nothing");
        Jobs.run("evaluate", "in-process", 12, folder.resolve("here"), ProgressListener.NONE);
        assertEquals(contents("here"), contents("there"));
    }

    @Test
    void aSearchHasTheSameBytes() throws Exception {
        ClusterProcess first = member();
        ClusterProcess second = member();
        ClusterProcess coordinator = job("search", 3, folder.resolve("there.yaml"));
        coordinator.await(ClusterProcess.EQUAL);
        assertTrue(first.units() > 0 && second.units() > 0, "found members that ran " + first.units() + " and " + second.units() + " units");
        Jobs.run("search", "in-process", 3, folder.resolve("here.yaml"), ProgressListener.NONE);
        assertEquals(-1, Files.mismatch(folder.resolve("here.yaml"), folder.resolve("there.yaml")));
        assertEquals(-1, Files.mismatch(folder.resolve("here.yaml.csv"), folder.resolve("there.yaml.csv")));
    }

    @Test
    void aMemberWithAnotherVersionOfAPluginIsRefusedByName() throws Exception {
        member("-D" + ClusterProcess.VERSION + "int8=9.0.0");
        ClusterProcess coordinator = job("quantize", 4, folder.resolve("checkpoint"));
        String failure = coordinator.awaitLine("failed: ");
        assertTrue(failure.matches("(?s).*cluster: calibrate tiny-sdxl: found no member that can run it, and no workers of its own; expected one: member "
            + "127\\.0\\.0\\.1:\\d+: format int8: found io\\.halftone\\.format\\.int8 9\\.0\\.0; expected.*"), failure);
    }

    @Test
    void aMemberWithOtherWeightsIsRefusedByName() throws Exception {
        Path pipeline = folder.resolve("models/tiny-sdxl");
        copy(Chain.MODELS.resolve("tiny-sdxl"), pipeline);
        Path weights = pipeline.resolve("unet/diffusion_pytorch_model.fp16.safetensors");
        assertTrue(Files.exists(weights));
        ClusterProcess good = member();
        // the coordinator has read its headers once it has a unit done; on another machine the folder would be another from the start
        ClusterProcess coordinator = job("quantize", 60, folder.resolve("checkpoint"), "-Dhalftone.cluster.pipeline=" + pipeline);
        good.awaitUnits(1);
        Path other = folder.resolve("changed");
        Files.copy(weights, other);
        change(other);
        Files.move(weights, folder.resolve("kept"));
        Files.move(other, weights);
        ClusterProcess late = member();
        String refusal = late.awaitLine("refused cluster: calibrate ");
        assertTrue(refusal.matches(".*pipeline .*/tiny-sdxl: source: found [0-9a-f]{64}; expected [0-9a-f]{64}"), refusal);
        assertTrue(coordinator.awaitLine("refused cluster: member 127.0.0.1:").matches(
            "\\d+: pipeline .*/tiny-sdxl: source: found [0-9a-f]{64}; expected [0-9a-f]{64}"));
        Files.delete(weights);
        Files.move(folder.resolve("kept"), weights);
        assertEquals(0, late.units());
        coordinator.await(ClusterProcess.EQUAL);
    }

    @Test
    void aProcessWithAnotherSecretIsRefusedByName() throws Exception {
        ClusterProcess there = member();
        ClusterProcess other = start(List.of("-DClusterConfig._secret=another secret of the tests"), "member");
        assertTrue(other.awaitLine("failed: cluster: member at 127.0.0.1:").matches(
            "\\d+: found a cluster halftone with another secret; expected one with the same"));
        assertEquals("found another secret; expected that of cluster halftone", there.awaitLine("refused cluster: process at 127.0.0.1: "));
        assertFalse(Files.exists(folder.resolve("checkpoint")));
    }

    private Map<String, String> contents(String name) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        Path root = folder.resolve(name);
        ObjectMapper json = new ObjectMapper();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String key = root.relativize(file).toString();
                if (key.endsWith(".lock") || key.startsWith("work/lock") || key.endsWith(".csv") || key.endsWith(".html")) {
                    continue;   // these hold times
                }
                if (key.endsWith(".json")) {
                    JsonNode node = json.readTree(file.toFile());
                    node.findParents("millis").forEach(parent -> ((ObjectNode) parent).remove("millis"));
                    node.findParents("latency").forEach(parent -> ((ObjectNode) parent).remove("latency"));
                    contents.put(key, key.endsWith("report.json") ? ((ObjectNode) node).without("machine").toString() : node.toString());
                } else {
                    contents.put(key, Arrays.hashCode(Files.readAllBytes(file)) + " of " + Files.size(file));
                }
            }
        }
        assertTrue(contents.keySet().stream().anyMatch(key -> key.endsWith(".png")), contents.keySet().toString());
        return contents;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            Files.createDirectories(to.getParent());
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    /** Another last byte: of the last tensor. */
    private static void change(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer last = ByteBuffer.allocate(1);
            channel.read(last, channel.size() - 1);
            channel.write(ByteBuffer.wrap(new byte[] {(byte) (last.get(0) ^ 1)}), channel.size() - 1);
        }
    }
}
