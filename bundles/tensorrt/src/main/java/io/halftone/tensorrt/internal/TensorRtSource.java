package io.halftone.tensorrt.internal;

import io.halftone.api.Absence;
import io.halftone.api.Demand;
import io.halftone.api.DiagnosticSource;
import io.halftone.api.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.tensorrt.global.nvinfer;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/** What TensorRT's bundle knows of the machine. It is there where the engine is not, and says why. */
@Component(service = DiagnosticSource.class, configurationPolicy = ConfigurationPolicy.IGNORE)
public final class TensorRtSource implements DiagnosticSource {
    static final String ENGINE = "tensorrt";

    private static final Path MAPS = Path.of("/proc/self/maps");

    @Override
    public List<Finding> examine(Demand demand) {
        String classes = classes();
        boolean tegra = Support.isTegra(Path.of("/"));
        if (Natives.missing().isPresent()) {
            return TensorRtFindings.without(demand, classes, tegra);
        }
        try {
            List<Gpu> gpus = Gpu.all(demand.hasModel() ? 0 : -1);
            var libraries = new TensorRtFindings.Libraries(classes, version(), Cuda.version(), driver(), BuilderResource.files(
                Files.readAllLines(MAPS), BuilderResource.path(Optional.ofNullable(System.getenv("LD_LIBRARY_PATH")).orElse(""))));
            return TensorRtFindings.of(demand, libraries, gpus, tegra);
        } catch (IOException e) {
            return List.of(Finding.problem("TensorRT", e.toString(), "to read " + MAPS, ""));
        }
    }

    @Override
    public List<Absence> absent() {
        return Natives.missing().map(reason -> List.of(new Absence("engine", ENGINE, reason))).orElse(List.of());
    }

    @Override
    public Map<String, String> facts() {
        if (Natives.missing().isPresent()) {
            return Map.of();
        }
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("TensorRT", version());
        facts.put("CUDA", Cuda.version());
        Gpu.all(-1).forEach(gpu -> facts.put("GPU " + gpu.index(), gpu.name() + ", compute capability " + gpu.capability()));
        return facts;
    }

    private static String version() {
        return nvinfer.getInferLibMajorVersion() + "." + nvinfer.getInferLibMinorVersion() + "." + nvinfer.getInferLibPatchVersion();
    }

    /** The latest CUDA that the driver takes, as {@code 13.0}. */
    private static String driver() {
        int[] version = new int[1];
        Cuda.check("CUDA", cudart.cudaDriverGetVersion(version));
        return Cuda.versionText(version[0]);
    }

    /** The version of the Java classes, which nothing has to be loaded for. */
    private static String classes() {
        try {
            return Loader.getVersion("org.bytedeco", "tensorrt", nvinfer.class);
        } catch (IOException e) {
            return "of unknown version";
        }
    }
}
