package io.halftone.core.internal.kill;

import io.halftone.core.internal.quantize.Digests;
import io.halftone.files.Staging;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The outputs of a {@link Victim}, each of several files that belong together. */
final class Outputs {
    private static final List<String> FOLDERS = List.of("", "hub", "onnx", "engine", "tmp");

    private Outputs() {}

    /** What the next start does in each folder. */
    static void settle(Path folder) throws IOException {
        for (String below : FOLDERS) {
            Staging.settle(folder.resolve(below));
        }
    }

    /** A digest of each output that is there, over the names and contents of its files. */
    static Map<String, String> digests(Path folder) throws IOException {
        Map<String, StringBuilder> texts = new TreeMap<>();
        for (Path file : files(folder)) {
            String name = folder.relativize(file).toString();
            String output = name.startsWith("checkpoint") ? "checkpoint" : name.substring(0, Math.max(0, name.indexOf('/')));
            if (!isKept(name)) {
                texts.computeIfAbsent(output, absent -> new StringBuilder()).append(name).append(' ').append(Digests.sha256(file)).append('\n');
            }
        }
        Map<String, String> digests = new TreeMap<>();
        texts.forEach((output, text) -> digests.put(output, text.toString()));
        return digests;
    }

    /** Statistics that the next calibration goes on with. */
    private static boolean isKept(String name) {
        return name.equals("checkpoint.safetensors.calibration");
    }

    /** What nobody will look for any more, once settled. */
    static List<String> strays(Path folder) throws IOException {
        List<String> strays = new ArrayList<>();
        for (Path file : files(folder)) {
            String name = folder.relativize(file).toString();
            if (name.contains(".halftone-") || name.endsWith(".tmp") || name.startsWith("tmp/halftone")) {
                strays.add(name);
            }
        }
        return strays;
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(path -> Files.isRegularFile(path) || path.getFileName().toString().startsWith(".halftone-")).sorted().toList();
        }
    }
}
