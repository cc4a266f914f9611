package io.halftone.core.internal.kill;

import io.halftone.api.Verification;
import io.halftone.api.VerifyRequest;
import io.halftone.core.internal.Chain;
import io.halftone.core.internal.quantize.Digests;
import io.halftone.files.Staging;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The outputs of a {@link Victim}. */
final class Outputs {
    private static final String PROVENANCE = ".provenance.json";

    private Outputs() {}

    /** The outputs of which a writer had begun to write files, when it was killed. */
    static List<String> begun(Path folder) throws IOException {
        List<String> begun = new ArrayList<>();
        for (String output : Victim.OUTPUTS) {
            try (Stream<Path> all = Files.list(folder.resolve(output))) {
                if (all.anyMatch(path -> path.getFileName().toString().startsWith(".halftone-"))) {
                    begun.add(output);
                }
            }
        }
        return begun;
    }

    /** What the next start does in each folder. */
    static void settle(Path folder) throws IOException {
        for (String below : List.of("quantize", "quantize/hub", "export", "build", "tmp")) {
            Staging.settle(folder.resolve(below));
        }
    }

    /**
     * Names and digests of the files below a folder, but for the statistics that the next calibration goes on with, and for provenance,
     * which has the time in it and of which a killed job may have written none. The hub's folder is an output of its own.
     */
    static String digest(Path folder) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Path file : files(folder)) {
            String name = folder.relativize(file).toString();
            if (!name.startsWith("hub/") && !name.equals("checkpoint.safetensors.calibration") && !name.endsWith(PROVENANCE)) {
                text.append(name).append(' ').append(Files.isDirectory(file) ? "folder" : Digests.sha256(file)).append('\n');
            }
        }
        return text.toString();
    }

    /** Artifacts in a folder that are not what a statement beside them says. A killed job may have left none. */
    static List<String> wronglyTold(Path folder) throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Path statement : statements(folder)) {
            Chain.halftone().verify(new VerifyRequest(statement.toString(), "", "")).checks().stream()
                .filter(check -> check.subject().equals("artifact") && check.outcome() != Verification.Outcome.SAME)
                .forEach(check -> wrong.add(statement.getFileName() + ": " + check.name() + ": " + check.detail()));
        }
        return wrong;
    }

    /** Whether there is a statement. */
    static boolean isTold(Path folder) throws IOException {
        return !statements(folder).isEmpty();
    }

    private static List<Path> statements(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(path -> path.toString().endsWith(PROVENANCE)).sorted().toList();
        }
    }

    /** Temporary files of ours that nobody will look for any more, once settled. */
    static List<String> strays(Path tmp) throws IOException {
        return files(tmp).stream().map(file -> tmp.relativize(file).toString()).filter(name -> name.contains("halftone")).toList();
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(path -> Files.isRegularFile(path) || path.getFileName().toString().startsWith(".")).sorted().toList();
        }
    }

    /** Removes what ONNX Runtime unpacks its library to, which it leaves where it is killed; the launcher sweeps it with its run folder. */
    static void sweepLibraries(Path tmp) throws IOException {
        try (Stream<Path> folders = Files.list(tmp)) {
            for (Path folder : folders.filter(path -> path.getFileName().toString().startsWith("onnxruntime-java")).toList()) {
                try (Stream<Path> files = Files.walk(folder)) {
                    for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                        Files.delete(file);
                    }
                }
            }
        }
    }
}
