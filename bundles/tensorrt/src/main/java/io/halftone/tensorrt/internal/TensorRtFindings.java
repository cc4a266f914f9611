package io.halftone.tensorrt.internal;

import io.halftone.api.Demand;
import io.halftone.api.Finding;
import io.halftone.api.Finding.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What to say of what was found of TensorRT, CUDA and GPUs. */
final class TensorRtFindings {
    private static final String SUBJECT = "TensorRT";

    private TensorRtFindings() {}

    /**
     * The libraries that were loaded.
     *
     * @param classes  version of the Java classes, as {@code 10.6-1.5.11}
     * @param tensorRt version of the library, as {@code 10.6.0}
     * @param cuda     version of the CUDA runtime, as {@code 13.0}
     * @param driver   the latest CUDA that the driver takes
     * @param resource names of the builder's resource files
     */
    record Libraries(String classes, String tensorRt, String cuda, String driver, Set<String> resource) {}

    /** Where there is no engine: why is said with the engines. */
    static List<Finding> without(Demand demand, String classes, boolean tegra) {
        List<Finding> findings = new ArrayList<>(jetson(demand, tegra));
        findings.add(Finding.ok(SUBJECT, "classes " + classes + "; no library is loaded, see engine " + TensorRtSource.ENGINE));
        return findings;
    }

    /** Where there are libraries and devices. */
    static List<Finding> of(Demand demand, Libraries libraries, List<Gpu> gpus, boolean tegra) {
        List<Finding> findings = new ArrayList<>(jetson(demand, tegra));
        findings.add(cuda(demand, libraries));
        Version version = Version.of(libraries.tensorRt());
        gpus.forEach(gpu -> findings.add(gpu(gpu, new Support(version, gpu.capability(), tegra))));
        findings.add(tensorRt(demand, libraries));
        Set<Version> capabilities = gpus.stream().map(Gpu::capability).collect(Collectors.toSet());
        for (Version capability : capabilities) {
            BuilderResource.missing(libraries.resource(), capability).ifPresent(missing -> findings.add(new Finding(level(demand),
                "builder resource", missing, "", "install TensorRT " + libraries.tensorRt() + " whole, or build where it is")));
        }
        gpus.stream().filter(gpu -> gpu.free() >= 0).forEach(gpu -> findings.addAll(memory(demand, gpu)));
        return findings;
    }

    private static List<Finding> jetson(Demand demand, boolean tegra) {
        return tegra ? List.of(new Finding(level(demand), "Jetson", "a Jetson (Tegra)", "a GPU of its own in a PC or server",
            "export here, and build the engine where it is to run")) : List.of();
    }

    private static Finding cuda(Demand demand, Libraries libraries) {
        String found = "runtime " + libraries.cuda() + ", the driver takes up to " + libraries.driver();
        return Version.of(libraries.driver()).major() >= Version.of(libraries.cuda()).major() ? Finding.ok("CUDA", found)
            : new Finding(level(demand), "CUDA", found, "a driver that takes CUDA " + libraries.cuda(), "update the driver");
    }

    private static Finding gpu(Gpu gpu, Support support) {
        String not = Arrays.stream(Precision.values()).filter(precision -> support.refusal(precision).isPresent())
            .map(precision -> "no " + precision + " (needs TensorRT " + precision.tensorRt() + ", compute capability " + precision.capability() + ")")
            .collect(Collectors.joining(", "));
        String runs = support.supported().stream().map(Precision::toString).collect(Collectors.joining(", "));
        return Finding.ok("GPU " + gpu.index(), gpu.name() + ", compute capability " + gpu.capability() + ", " + gigabytes(gpu.total())
            + (gpu.free() < 0 ? "" : " (" + gigabytes(gpu.free()) + " free)") + "; runs FP16" + (runs.isEmpty() ? "" : ", " + runs)
            + (not.isEmpty() ? "" : "; " + not));
    }

    /** The classes call functions of the library by what the headers of one version say. */
    private static Finding tensorRt(Demand demand, Libraries libraries) {
        String found = libraries.tensorRt() + ", classes " + libraries.classes();
        Version loaded = Version.of(libraries.tensorRt());
        Version built = libraries.classes().matches("\\d.*") ? Version.of(libraries.classes()) : loaded;
        return built.equals(loaded) ? Finding.ok(SUBJECT, found + "; takes " + takes(loaded))
            : new Finding(built.major() == loaded.major() ? Level.NOTE : level(demand), SUBJECT, found, "both of one version",
                "install TensorRT " + built);
    }

    private static String takes(Version version) {
        return Arrays.stream(Precision.values()).map(precision -> precision + (version.isAtLeast(precision.tensorRt()) ? ""
            : " only from " + precision.tensorRt())).collect(Collectors.joining(", "));
    }

    /** Only the backbone is the engine's; the other components may be here too. */
    private static List<Finding> memory(Demand demand, Gpu gpu) {
        long needed = demand.backbone() + demand.activations();
        String subject = "GPU " + gpu.index() + " memory";
        String found = gigabytes(gpu.free()) + " of " + gigabytes(gpu.total()) + " free";
        if (needed <= gpu.free()) {
            return List.of(Finding.ok(subject, found + "; the backbone takes about " + gigabytes(needed)));
        }
        Level level = needed > gpu.total() ? level(demand) : Level.NOTE;
        return List.of(new Finding(level, subject, found, gigabytes(needed) + " for the backbone of " + demand.model() + ": weights "
            + gigabytes(demand.backbone()) + ", a step about " + gigabytes(demand.activations()), "end other programs on the GPU, or quantize"));
    }

    private static Level level(Demand demand) {
        return demand.engine().equals(TensorRtSource.ENGINE) ? Level.PROBLEM : Level.NOTE;
    }

    private static String gigabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }
}
