package io.halftone.core.internal.kill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a process that quantizes, exports and builds at once, at random moments, and looks at what is left. System properties
 * {@code halftone.kills} and {@code halftone.kills.seed} say how often, and when.
 */
class KilledJobsTest {
    private static final int KILLS = Integer.getInteger("halftone.kills", 2);
    private static final long SEED = Long.getLong("halftone.kills.seed", 7);
    /** After the stages have begun: long enough for some kills to come when each has been through. */
    private static final int LONGEST_MILLIS = Integer.getInteger("halftone.kills.millis", 3000);

    @TempDir
    private Path folder;

    @Test
    void leaveOldOutputsOrNewOnesAndNoStrays() throws Exception {
        Path tmp = Files.createDirectory(folder.resolve("tmp"));
        List<Map<String, String>> expected = expected(new Victim(folder));
        Random random = new Random(SEED);
        Map<String, Integer> counts = new TreeMap<>();
        for (int kill = 0; kill < KILLS; kill++) {
            for (String told : run(folder, random.nextInt(2), random.nextInt(LONGEST_MILLIS))) {
                counts.merge(told, 1, Integer::sum);
            }
            Outputs.begun(folder).forEach(output -> counts.merge("killed while it wrote " + output, 1, Integer::sum));
            Outputs.settle(folder);
            Outputs.sweepLibraries(tmp);
            assertEquals(List.of(), Outputs.strays(tmp), "kill " + kill);
            for (String stage : Victim.OUTPUTS) {
                assertEquals(List.of(), Outputs.wronglyTold(folder.resolve(stage)), "kill " + kill);
                counts.merge(stage + (Outputs.isTold(folder.resolve(stage)) ? " with" : " without") + " provenance", 1, Integer::sum);
                String found = Outputs.digest(folder.resolve(stage));
                int variant = found.equals(expected.get(0).get(stage)) ? 0 : 1;
                assertEquals(expected.get(variant).get(stage), found, "kill " + kill);
                counts.merge(stage + " found in variant " + variant, 1, Integer::sum);
            }
            System.out.println("kills: " + (kill + 1) + " " + counts);
        }
        new Victim(folder).make("quantize", 0);        // whatever the last one left, the next start makes the same
        assertEquals(expected.get(0).get("quantize"), Outputs.digest(folder.resolve("quantize")));
        assertFalse(Files.exists(folder.resolve("quantize/checkpoint.safetensors.calibration")));
        assertTrue(KILLS < 50 || counts.getOrDefault(Victim.RESUMED, 0) > 0, counts.toString());
        assertTrue(KILLS < 50 || counts.keySet().stream().anyMatch(count -> count.startsWith("killed while it wrote")), counts.toString());
    }

    private List<Map<String, String>> expected(Victim victim) throws Exception {
        List<Map<String, String>> expected = new ArrayList<>();
        for (int variant = 0; variant < 2; variant++) {
            victim.prepare(variant);
            Map<String, String> digests = new TreeMap<>();
            for (String stage : Victim.STAGES) {
                victim.make(stage, variant);
            }
            for (String output : Victim.OUTPUTS) {
                digests.put(output, Outputs.digest(folder.resolve(output)));
            }
            expected.add(digests);
        }
        for (String stage : Victim.OUTPUTS) {
            assertNotEquals(expected.get(0).get(stage), expected.get(1).get(stage));
        }
        return expected;
    }

    /** Kills it that long after it began; which stages were begun, and whether one went on where another process was killed. */
    private static List<String> run(Path folder, int variant, int millis) throws Exception {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m",
            "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Djava.io.tmpdir=" + folder.resolve("tmp")));
        for (String name : List.of("halftone.models", "org.bytedeco.javacpp.cachedir", "org.bytedeco.javacpp.platform.extension",
                "org.bytedeco.javacpp.maxPhysicalBytes", "org.slf4j.simpleLogger.defaultLogLevel")) {
            command.add("-D" + name + "=" + System.getProperty(name, ""));
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Victim.class.getName(), folder.toString(), Integer.toString(variant)));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> lines = new ArrayList<>();
        try (BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream()))) {
            lines.add(out.readLine());
            Thread killer = new Thread(() -> {
                try {
                    Thread.sleep(millis);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                process.destroyForcibly();
            });
            killer.start();
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                lines.add(line);
            }
            killer.join();
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertTrue(lines.stream().allMatch(line -> Victim.RESUMED.equals(line) || Victim.STAGES.contains(line)), () -> "it said " + lines);
        return lines;
    }
}
