package io.halftone.tensorrt.internal;

import io.halftone.export.Engine;
import io.halftone.export.EngineBuilder;
import io.halftone.export.EngineException;
import io.halftone.export.EngineReport;
import io.halftone.model.Named;
import io.halftone.ops.DType;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.bytedeco.tensorrt.nvinfer.ICudaEngine;
import org.bytedeco.tensorrt.nvinfer.IHostMemory;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TensorRT on an NVIDIA GPU. Networks are strongly typed: every type is that of the model. An engine is for one GPU and one
 * version of TensorRT; what stands beside it says which. One that is there and was built of the same things is not built again.
 * Enabled by {@link TensorRtProbe} where there are the libraries and a GPU.
 */
@Component(service = EngineBuilder.class, enabled = false, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("tensorrt")
public final class TensorRtEngineBuilder implements EngineBuilder {
    private static final Logger LOG = LoggerFactory.getLogger(TensorRtEngineBuilder.class);
    private static final double NANOS = 1e9;
    private static final String TIMINGS = "timing.cache";

    @Override
    public Set<String> options() {
        Set<String> names = new TreeSet<>(BuildOptions.names());
        names.addAll(LoadOptions.NAMES);
        names.addAll(DemoDiffusion.OPTIONS);
        return names;
    }

    @Override
    public Set<String> loadOptions() {
        return LoadOptions.NAMES;
    }

    @Override
    public List<Path> modelFiles(Path model) throws IOException {
        List<Path> files = new ArrayList<>(List.of(model));
        files.addAll(OnnxFile.read(model).data());
        return files;
    }

    @Override
    public String fileName(Request request) {
        return DemoDiffusion.of(request.options()).map(layout -> {
            require();
            return layout.fileName(Plans.platform(buildOptions(request.options()).device()).tensorRt());
        }).orElseGet(() -> EngineBuilder.super.fileName(request));
    }

    /** 16 bits: engines are typed as their models are, and float32 leaves most of the GPU idle. */
    @Override
    public DType usualType(DType stored) {
        return stored == DType.BFLOAT16 ? DType.BFLOAT16 : DType.FLOAT16;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if there is no TensorRT or no GPU here, with the reason
     */
    @Override
    public String identity(Map<String, String> options) {
        BuildOptions chosen = buildOptions(options);
        require();
        return identity(Plans.platform(chosen.device()), chosen, options.getOrDefault(DemoDiffusion.LAYOUT, ""));
    }

    /** Kernels are chosen by timing them. */
    @Override
    public boolean isReproducible() {
        return false;
    }

    /** The GPU's number does not matter, nor where timings are kept. */
    static String identity(Platform platform, BuildOptions options, String layout) {
        return "format " + Sidecar.FORMAT + "; " + platform + "; level " + options.level() + "; workspace " + options.workspace() + "; shapes "
            + options.least() + ", " + options.usual() + ", " + options.greatest() + (layout.isEmpty() ? "" : "; layout " + layout);
    }

    /** Those that decide how an engine comes out. */
    private static BuildOptions buildOptions(Map<String, String> options) {
        Map<String, String> chosen = new HashMap<>(options);
        chosen.remove(LoadOptions.CUDA_GRAPH);
        chosen.keySet().removeAll(DemoDiffusion.OPTIONS);
        return BuildOptions.of(chosen);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if there is no TensorRT or no GPU here, with the reason
     */
    @Override
    public EngineReport build(Request request, Path engineFile) throws IOException {
        Optional<DemoDiffusion> layout = DemoDiffusion.of(request.options());
        if (layout.isEmpty()) {
            return build(request, request.model().getFileName().toString(), engineFile);
        }
        layout.get().expectName(engineFile, fileName(request));
        try (DemoDiffusion.Fitted fitted = layout.get().fit(request)) {
            return build(fitted.request(), request.model().getFileName().toString(), engineFile);
        }
    }

    /** Builds from a request whose model file may stand for the one of that name. */
    private EngineReport build(Request request, String name, Path engineFile) throws IOException {
        BuildOptions options = buildOptions(request.options());
        OnnxFile model = OnnxFile.read(request.model());
        Profile profile = Profile.of(model, request.extents(), options);
        require();
        int before = Cuda.enter(Cuda.existing(options.device()));
        try {
            return build(request, name, engineFile, options, model, profile);
        } finally {
            Cuda.leave(before, options.device());
        }
    }

    private EngineReport build(Request request, String name, Path engineFile, BuildOptions options, OnnxFile model, Profile profile)
        throws IOException {
        Platform platform = Plans.platform(options.device());
        platform.expectRuns(model);
        String onnx = model.digest();
        String key = Sidecar.key(onnx, platform, profile, options);
        if (isBuilt(engineFile, key)) {
            LOG.info("{}: built of the same model, shapes and options; kept", engineFile);
            return report(engineFile, Sidecar.read(engineFile));
        }
        TimingFile timings = options.timingCache().equals(BuildOptions.NONE) ? null
            : new TimingFile(engineFile.toAbsolutePath().resolveSibling(options.timingCache().isEmpty() ? TIMINGS : options.timingCache()));
        LOG.info("building {} for {}, level {}", engineFile, profile.usual(), options.level());
        long start = System.nanoTime();
        try (PlanFile files = new PlanFile(engineFile)) {
            Sidecar[] made = new Sidecar[1];
            new PlanBuilder(request.model().toAbsolutePath(), profile, options, timings).build(plan -> {
                made[0] = publish(files, plan, model, new Sidecar(Sidecar.FORMAT, name, onnx, platform, profile,
                    options.level(), options.workspace(), model.metadata(), LayerInfo.NONE,
                    plan.size(), ""));
            });
            LOG.info("built {} in {} s: {} layers in 8 bits, {} in float", engineFile, Math.round((System.nanoTime() - start) / NANOS),
                made[0].layers().integer().size(), made[0].layers().floating().size());
            return report(engineFile, made[0]);
        }
    }

    private static Sidecar publish(PlanFile files, IHostMemory plan, OnnxFile model, Sidecar start) throws IOException {
        String inspection;
        ICudaEngine engine = Plans.deserialize(model.file().toString(), plan.data(), plan.size());
        try {
            inspection = Plans.inspect(engine);
        } finally {
            Destructors.delete(engine);
        }
        String digest;
        try (FileChannel channel = files.open()) {
            digest = PlanBuilder.write(plan, channel);
        } catch (IOException e) {
            throw files.named(e);
        }
        Sidecar made = new Sidecar(start.format(), start.model(), start.onnx(), start.platform(), start.profile(), start.level(),
            start.workspace(), start.metadata(), layers(inspection, model, start.profile()), start.bytes(), digest);
        files.publish(made.json(), inspection.getBytes(StandardCharsets.UTF_8));
        return made;
    }

    private static LayerInfo layers(String inspection, OnnxFile model, Profile profile) {
        return LayerInfo.of(inspection, model, model.extents(profile.usual().byName()));
    }

    /** Whether an engine of that key is there, and is the one that its description tells of: it is kept, and told of again as this build's. */
    static boolean isBuilt(Path engineFile, String key) throws IOException {
        if (!Files.isRegularFile(engineFile) || !Sidecar.exists(engineFile)) {
            return false;
        }
        try {
            Sidecar there = Sidecar.read(engineFile);
            if (!there.key().equals(key) || there.bytes() != Files.size(engineFile)) {
                return false;
            }
            var digest = new Digest();
            digest.add(engineFile);
            return digest.text().equals(there.plan());
        } catch (EngineException e) {
            LOG.debug("{}: built again", engineFile, e);       // of another format: to be replaced
            return false;
        }
    }

    @Override
    public Engine load(Path file, Map<String, String> options) throws IOException {
        LoadOptions chosen = LoadOptions.of(options);
        if (!Files.isRegularFile(file)) {
            throw new NoSuchFileException(file.toString());
        }
        Sidecar described = Sidecar.read(file);
        require();
        int before = Cuda.enter(Cuda.existing(chosen.device()));
        try {
            return load(file, described, chosen);
        } finally {
            Cuda.leave(before, chosen.device());
        }
    }

    private static Engine load(Path file, Sidecar described, LoadOptions options) throws IOException {
        Plans.platform(options.device()).expect(file.toString(), described.platform());
        ICudaEngine engine = Plans.load(file, described);
        try {
            return new TensorRtEngine(file.toString(), engine, described, report(file, described), options);
        } catch (RuntimeException e) {
            Destructors.delete(engine);
            throw e;
        }
    }

    private static void require() {
        Natives.missing().ifPresent(reason -> {
            throw new IllegalStateException("tensorrt: " + reason);
        });
    }

    private static EngineReport report(Path file, Sidecar described) {
        return new EngineReport(file, PlanFile.files(file), described.platform().runtime(), described.platform().device(),
            described.layers().integer(), described.layers().floating(), described.layers().operators(), described.layers().lowShare(),
            described.layers().layers());
    }
}
