package io.halftone.core.internal.kill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
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
 * Kills a process that quantizes, exports and builds at random moments, and looks at what is left. System properties
 * {@code halftone.kills} and {@code halftone.kills.seed} say how often, and when.
 */
class KilledJobsTest {
    private static final int KILLS = Integer.getInteger("halftone.kills", 3);
    private static final long SEED = Long.getLong("halftone.kills.seed", 7);
    /** After the first stage has begun: long enough for some kills to come in the next one. */
    private static final int LONGEST_MILLIS = Integer.getInteger("halftone.kills.millis", 3000);

    @TempDir
    private Path temporary;

    @Test
    void leaveOldOutputsOrNewOnesAndNoStrays() throws Exception {
        List<Map<String, String>> expected = new ArrayList<>();
        for (int variant = 0; variant < 2; variant++) {
            Path reference = folder("reference" + variant);
            new Victim(reference).make(variant, 0);
            expected.add(Outputs.digests(reference));
            assertEquals(4, expected.get(variant).size());
        }
        Path folder = temporary.resolve("reference0");
        Random random = new Random(SEED);
        Map<String, Integer> counts = new TreeMap<>();
        for (int kill = 0; kill < KILLS; kill++) {
            String stage = Victim.STAGES.get(kill % 3);
            for (String told : run(folder, random.nextInt(2), stage, random.nextInt(LONGEST_MILLIS))) {
                counts.merge(told, 1, Integer::sum);
            }
            Outputs.settle(folder);
            assertEquals(List.of(), Outputs.strays(folder), "kill " + kill);
            Map<String, String> found = Outputs.digests(folder);
            assertEquals(expected.get(0).keySet(), found.keySet(), "kill " + kill);
            for (var output : found.entrySet()) {
                int variant = expected.get(0).get(output.getKey()).equals(output.getValue()) ? 0 : 1;
                assertEquals(expected.get(variant).get(output.getKey()), output.getValue(), "kill " + kill);
                counts.merge(output.getKey() + " of variant " + variant, 1, Integer::sum);
            }
        }
        System.out.println("kills: " + KILLS + " " + counts);
        new Victim(folder).make(0, 0);        // whatever the last one left, the next start makes the same
        assertEquals(expected.get(0), Outputs.digests(folder));
        assertEquals(List.of(), Outputs.strays(folder));
        assertTrue(KILLS < 100 || counts.getOrDefault(Victim.RESUMED, 0) > 0 && counts.size() > 10, counts.toString());
    }

    private Path folder(String name) throws IOException {
        Path folder = Files.createDirectory(temporary.resolve(name));
        Files.createDirectory(folder.resolve("tmp"));
        return folder;
    }

    /** Kills it that long after it began; what it did in the end, and whether it went on where another was killed. */
    private static List<String> run(Path folder, int variant, String stage, int millis) throws Exception {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m",
            "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Djava.io.tmpdir=" + folder.resolve("tmp")));
        for (String name : List.of("halftone.models", "org.bytedeco.javacpp.cachedir", "org.bytedeco.javacpp.platform.extension",
                "org.bytedeco.javacpp.maxPhysicalBytes", "org.slf4j.simpleLogger.defaultLogLevel")) {
            command.add("-D" + name + "=" + System.getProperty(name, ""));
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Victim.class.getName(), folder.toString(), Integer.toString(variant), stage));
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
        List<String> told = new ArrayList<>();
        for (String line : lines) {
            assertTrue(line != null && (line.startsWith(Victim.STAGE) || line.equals(Victim.RESUMED)), () -> "it said " + lines);
            if (line.equals(Victim.RESUMED)) {
                told.add(line);
            }
        }
        told.add("killed in " + lines.stream().filter(line -> line.startsWith(Victim.STAGE)).reduce((a, b) -> b).orElseThrow()
            .substring(Victim.STAGE.length()));
        return told;
    }
}
