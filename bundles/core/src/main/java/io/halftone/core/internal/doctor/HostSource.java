package io.halftone.core.internal.doctor;

import io.halftone.api.Demand;
import io.halftone.api.DiagnosticSource;
import io.halftone.api.Finding;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The machine as every bundle sees it: Java, processor, memory, driver, temporary folder. */
final class HostSource implements DiagnosticSource {
    private static final int LEAST_JAVA = 17;
    private static final int GREATEST_JAVA = 23;
    private static final long SMALL = 100_000_000L;
    private static final long USUAL_SPILL = 1_000_000_000L;

    private final Path root;
    private final Path temporary;
    private final int java;

    HostSource() {
        this(Path.of("/"), Path.of(System.getProperty("java.io.tmpdir")), Runtime.version().feature());
    }

    /** A machine whose files are below a root. */
    HostSource(Path root, Path temporary, int java) {
        this.root = root;
        this.temporary = temporary;
        this.java = java;
    }

    @Override
    public List<Finding> examine(Demand demand) {
        List<Finding> findings = new ArrayList<>();
        findings.add(java());
        findings.add(Finding.ok("processor", processor().toString()));
        findings.add(Finding.ok("driver", Driver.version(root).map(version -> "NVIDIA " + version + gpus())
            .orElse("no NVIDIA driver: work is done on the processor")));
        HostMemory.read(root).ifPresent(memory -> findings.add(memory(memory, demand)));
        findings.add(temporary(demand));
        return findings;
    }

    @Override
    public Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Halftone", version());
        facts.put("CPU", processor().model());
        facts.put("cores", Integer.toString(processor().cores()));
        facts.put("OS", System.getProperty("os.name") + " " + System.getProperty("os.version") + " " + System.getProperty("os.arch"));
        facts.put("JDK", Runtime.version() + ", " + System.getProperty("java.vendor"));
        Driver.version(root).ifPresent(version -> facts.put("driver", version + gpus()));
        return facts;
    }

    private String gpus() {
        List<String> gpus = Driver.gpus(root);
        return gpus.isEmpty() ? "" : ", " + String.join(", ", gpus);
    }

    private ProcessorFacts processor() {
        return ProcessorFacts.read(root.resolve("proc/cpuinfo"));
    }

    private Finding java() {
        String found = Runtime.version() + ", a heap of at most " + size(Runtime.getRuntime().maxMemory());
        return java >= LEAST_JAVA && java <= GREATEST_JAVA ? Finding.ok("Java", found)
            : Finding.note("Java", found, "17 to 23, which Karaf 4.4 runs on", "set JAVA_HOME to a JDK 17");
    }

    /** The engine that was named may hold the weights elsewhere: without one they are held here. */
    private static Finding memory(HostMemory memory, Demand demand) {
        String found = size(memory.available()) + " of " + size(memory.total()) + " available";
        if (demand.bytes() <= memory.available()) {
            return Finding.ok("memory", found);
        }
        String expected = size(demand.bytes()) + " for " + demand.model() + ": weights " + size(demand.backbone() + demand.others())
            + ", a step about " + size(demand.activations());
        String remedy = "end other programs, choose a 16-bit --model-dtype, or take a machine with more";
        return demand.bytes() > memory.total() && demand.engine().isEmpty() ? Finding.problem("memory", found, expected, remedy)
            : Finding.note("memory", found, expected, remedy);
    }

    /** Weights that an algorithm changes are kept there until they are written. */
    private Finding temporary(Demand demand) {
        String subject = "temporary";
        if (!Files.isDirectory(temporary) || !Files.isWritable(temporary)) {
            return Finding.problem(subject, temporary + ": no folder that can be written to", "one that can",
                "set -Djava.io.tmpdir in HALFTONE_JAVA_OPTS, or HALFTONE_DATA");
        }
        long least = Math.max(USUAL_SPILL, demand.backbone());
        try {
            long free = Files.getFileStore(temporary).getUsableSpace();
            String found = temporary + ", " + size(free) + " free";
            return free >= least ? Finding.ok(subject, found)
                : Finding.note(subject, found, size(least) + ", which a calibration may write there", "free some, or set HALFTONE_DATA");
        } catch (IOException e) {
            return Finding.note(subject, temporary + ": " + e.getMessage(), "a folder whose free space can be told", "");
        }
    }

    /** Bytes as people read them. */
    static String size(long bytes) {
        return bytes < SMALL ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6) : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }

    private static String version() {
        try (InputStream in = Optional.ofNullable(HostSource.class.getResourceAsStream("version.txt")).orElseThrow(
                () -> new IllegalStateException("version.txt: found none in this bundle; expected it"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
