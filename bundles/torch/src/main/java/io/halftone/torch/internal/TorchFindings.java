package io.halftone.torch.internal;

import io.halftone.api.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What to say of what was found of libtorch. */
final class TorchFindings {
    private static final String SUBJECT = "libtorch";

    private TorchFindings() {}

    /**
     * The files that are there.
     *
     * @param versions of the jars with the classes and the natives, each as often as it is found
     * @param javacpp  version of JavaCPP
     * @param platform as JavaCPP calls it
     * @param cpu      whether there are natives for the CPU alone
     * @param cuda     whether there are natives for CUDA
     */
    record Libraries(List<String> versions, String javacpp, String platform, boolean cpu, boolean cuda) {
        private static final long UNPACKED_BYTES = 500_000_000L;
        private static final long UNPACKED_CUDA_BYTES = 1_000_000_000L;

        Libraries {
            versions = List.copyOf(versions);
        }

        /** What the natives take unpacked. */
        long unpacked() {
            return cuda ? UNPACKED_CUDA_BYTES : UNPACKED_BYTES;
        }

        /** The version of the classes: they come before the natives. */
        String classes() {
            return versions.isEmpty() ? "of unknown version" : versions.get(0);
        }
    }

    /**
     * What stands for it.
     *
     * @param driver whether there is NVIDIA's driver
     */
    static Finding libtorch(Libraries libraries, boolean driver) {
        if (!libraries.cpu() && !libraries.cuda()) {
            return Finding.problem(SUBJECT, "classes " + libraries.classes() + ", no native libraries for " + libraries.platform(),
                "those for the CPU or for CUDA", "install the feature halftone-bytedeco");
        }
        String build = libraries.cpu() && libraries.cuda() ? "for the CPU and for CUDA" : libraries.cuda() ? "for CUDA" : "for the CPU";
        if (new LinkedHashSet<>(libraries.versions()).size() > 1) {
            return Finding.problem(SUBJECT, "classes " + libraries.classes() + ", native libraries " + String.join(", ",
                libraries.versions().subList(1, libraries.versions().size())) + " " + build, "both of one version",
                "remove the bundle of the version that is not wanted");
        }
        if (libraries.cpu() && libraries.cuda()) {
            return Finding.problem(SUBJECT, libraries.classes() + ", native libraries " + build, "those for one of them: a process with both ends "
                + "when they are loaded", "remove one of the two bundles of natives");
        }
        String found = libraries.classes() + " " + build;
        if (libraries.versions().size() < 2) {
            return Finding.note(SUBJECT, found + ", native libraries that do not say their version", "native libraries "
                + libraries.classes(), "");
        }
        if (!libraries.classes().endsWith("-" + libraries.javacpp())) {
            return Finding.note(SUBJECT, found + ", JavaCPP " + libraries.javacpp(), "JavaCPP of the version in libtorch's", "");
        }
        found += ", classes and native libraries of one version";
        return libraries.cuda() || !driver ? Finding.ok(SUBJECT, found)
            : Finding.note(SUBJECT, found, "those for CUDA, as there is an NVIDIA driver", "bin/halftone install halftone-cuda-VERSION.kar");
    }

    /** Of a libtorch of another program that would be loaded too. */
    static Optional<Finding> other(Optional<Path> folder) {
        return folder.map(there -> Finding.problem(SUBJECT, "another one in " + there + ", which " + OtherLibtorch.VARIABLE + " names",
            "none: a process with both ends when they are loaded", "start Java without that folder in " + OtherLibtorch.VARIABLE));
    }

    /** Settings of the environment that libtorch reads when it is loaded. */
    static List<Finding> threads(Map<String, String> environment, int cores) {
        List<Finding> findings = new ArrayList<>();
        String policy = environment.getOrDefault("OMP_WAIT_POLICY", "");
        if (!policy.equalsIgnoreCase("passive")) {
            findings.add(Finding.note("threads", "OMP_WAIT_POLICY " + (policy.isEmpty() ? "not set" : policy), "PASSIVE: threads that wait spin, "
                + "and on busy cores a small operation takes many times as long", "export OMP_WAIT_POLICY=PASSIVE before the program starts"));
        }
        String threads = environment.getOrDefault("OMP_NUM_THREADS", "");
        if (threads.matches("\\d{1,6}") && Integer.parseInt(threads) != cores) {
            findings.add(Finding.note("threads", "OMP_NUM_THREADS " + threads + " on " + cores + " cores", Integer.toString(cores),
                "unset OMP_NUM_THREADS, and choose threads in the configuration io.halftone.torch"));
        }
        if (findings.isEmpty()) {
            findings.add(Finding.ok("threads", "OMP_WAIT_POLICY " + policy + ", " + cores + " cores"));
        }
        return findings;
    }

    /** JavaCPP refuses to allocate when the process has more than this resident; weights count. */
    static Optional<Finding> memoryLimit(String property) {
        return "0".equals(property) ? Optional.empty()
            : Optional.of(Finding.note("JavaCPP", "maxPhysicalBytes " + (property == null ? "not set, which is four times the heap" : property),
                "0: no limit on what is resident", "start Java with -Dorg.bytedeco.javacpp.maxPhysicalBytes=0"));
    }

    /**
     * The folder that natives are unpacked to; it is made when it is needed.
     *
     * @param bytes what they take
     */
    static Finding cache(Path folder, long bytes) {
        Path there = folder.toAbsolutePath();
        while (there.getParent() != null && !Files.exists(there)) {
            there = there.getParent();
        }
        if (!Files.isDirectory(there) || !Files.isWritable(there)) {
            return Finding.problem("natives", folder + ": no folder that can be written to", "one that native libraries can be unpacked to",
                "set HALFTONE_DATA, or -Dorg.bytedeco.javacpp.cachedir");
        }
        try {
            long free = Files.getFileStore(there).getUsableSpace();
            String found = folder + ", " + String.format(Locale.ROOT, "%.1f GB", free / 1e9) + " free";
            return free >= bytes ? Finding.ok("natives", found)
                : Finding.note("natives", found, String.format(Locale.ROOT, "%.1f GB, which libtorch takes unpacked", bytes / 1e9),
                    "free some, or set HALFTONE_DATA");
        } catch (IOException e) {
            return Finding.note("natives", folder + ": " + e.getMessage(), "a folder whose free space can be told", "");
        }
    }
}
