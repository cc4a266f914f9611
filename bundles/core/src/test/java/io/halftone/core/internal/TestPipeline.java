package io.halftone.core.internal;

import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.model.ModelAdapter;
import io.halftone.model.ModelConfig;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Parameters;
import io.halftone.ops.Values;
import io.halftone.pipeline.Components;
import io.halftone.pipeline.Conditioning;
import io.halftone.pipeline.PipelineAdapter;
import io.halftone.pipeline.PipelineConfig;
import io.halftone.pipeline.PipelineFolder;
import io.halftone.pipeline.PipelineSpec;
import io.halftone.pipeline.PromptBatch;
import io.halftone.pipeline.Scheduler;
import io.halftone.quant.Algorithm;
import io.halftone.quant.Collector;
import io.halftone.quant.LevelPolicy;
import io.halftone.quant.QuantFormat;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A pipeline folder that is nowhere, with the plugins for it. It configures and is described; it does not run. */
public final class TestPipeline implements PipelineFolder {
    public static final PipelineSpec SPEC = new PipelineSpec("unet", List.of("unet"), 2, 8, 16, 64, 32, 20, 7.5, 1, false);
    private final Path path;
    private final Map<String, Object> index;
    private boolean closed;

    public TestPipeline(Path path) {
        this(path, Map.of("_class_name", "TestPipeline"));
    }

    public TestPipeline(Path path, Map<String, Object> index) {
        this.path = path;
        this.index = index;
    }

    /** The plugins that serve the folder. */
    public static Plugins plugins() {
        return plugins(family("format"), family("algorithm"), family("policy"), family("collector"));
    }

    /** The plugins that serve the folder, and some more. */
    public static Plugins plugins(Plugins.Family<QuantFormat> formats, Plugins.Family<Algorithm> algorithms, Plugins.Family<LevelPolicy> policies,
                                  Plugins.Family<Collector> collectors) {
        Scheduler scheduler = (config, run) -> {
            throw new UnsupportedOperationException();
        };
        return new Plugins(family("model-adapter", Plugins.Plugin.<ModelAdapter>of(new TestModel(), "TestUNet")),
            family("pipeline", Plugins.Plugin.<PipelineAdapter>of(new Adapter(), "TestPipeline")),
            family("scheduler", Plugins.Plugin.of(scheduler, "TestScheduler")), family("tokenizer"), formats, policies,
            collectors, algorithms, family("exporter"), family("engine"),
            family("preset"), family("build-tool"), family("distributor"));
    }

    /** A family of these plugins. */
    @SafeVarargs
    public static <S> Plugins.Family<S> family(String kind, Plugins.Plugin<S>... plugins) {
        return new Plugins.Family<>(kind, List.of(plugins));
    }

    /** The folder with its plugins. */
    public OpenPipeline open(DType computeType) {
        return new OpenPipeline(this, plugins(), computeType);
    }

    public boolean isClosed() {
        return closed;
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public PipelineConfig config() {
        return new PipelineConfig(ModelConfig.of("model_index.json", index), Map.of("unet", TestModel.CONFIG,
            "scheduler", ModelConfig.of("scheduler/scheduler_config.json", Map.of("_class_name", "TestScheduler"))));
    }

    @Override
    public Parameters parameters(String component) {
        return new MemoryParameters(Map.of());
    }

    @Override
    public List<Path> files(String component) {
        return List.of();
    }

    @Override
    public String fingerprint(String component) {
        return "f00d-" + component;
    }

    @Override
    public void close() {
        closed = true;
    }

    private static final class Adapter implements PipelineAdapter {
        @Override
        public PipelineSpec spec(PipelineConfig config) {
            return SPEC;
        }

        @Override
        public <T> Conditioning<T> encode(Components<T> components, PromptBatch prompts) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <T> Values<T> inputs(EagerOps<T> ops, Conditioning<T> conditioning, T latents, double timestep) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <T> T prediction(EagerOps<T> ops, T output, T latents) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <T> T decode(Components<T> components, T latents) {
            throw new UnsupportedOperationException();
        }
    }
}
