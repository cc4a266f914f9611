package io.halftone.core.internal;

import io.halftone.api.DiagnosticSource;
import io.halftone.api.Halftone;
import io.halftone.api.PipelineSource;
import io.halftone.core.internal.doctor.Diagnostics;
import io.halftone.core.internal.plan.ModelFolders;
import io.halftone.core.internal.task.Bench;
import io.halftone.core.internal.task.Workplace;
import io.halftone.diffusers.internal.DiffusersFolders;
import io.halftone.distribute.WorkDistributor;
import io.halftone.distribute.Workbench;
import io.halftone.export.EngineBuilder;
import io.halftone.export.Exporter;
import io.halftone.model.ModelAdapter;
import io.halftone.ops.DType;
import io.halftone.ops.EagerRuntime;
import io.halftone.pipeline.PipelineAdapter;
import io.halftone.pipeline.Preset;
import io.halftone.pipeline.Scheduler;
import io.halftone.pipeline.Tokenizer;
import io.halftone.quant.Algorithm;
import io.halftone.quant.Collector;
import io.halftone.quant.LevelPolicy;
import io.halftone.quant.QuantFormat;
import io.halftone.torch.internal.TorchRuntime;
import java.lang.annotation.Annotation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Every plugin of the distribution, wired by hand. */
public final class Chain {
    public static final Path MODELS = Path.of(System.getProperty("halftone.models"));
    /** Of the tiny SDXL. */
    public static final Path GOLDEN = golden("sdxl");
    public static final PipelineSource TINY = new PipelineSource("", "tiny-sdxl", DType.FLOAT32);
    public static final EagerRuntime RUNTIME = new TorchRuntime(new TorchRuntime.Config() {
        @Override
        public int threads() {
            return 2;
        }

        @Override
        public Class<? extends Annotation> annotationType() {
            return TorchRuntime.Config.class;
        }
    });
    public static final Plugins PLUGINS = plugins(new Components());
    public static final Workplace WORK = new Workplace(PLUGINS, new DiffusersFolders(), RUNTIME, new ModelFolders(List.of(MODELS)));

    private Chain() {}

    private static Plugins plugins(Components found) {
        String named = "halftone.named";
        return new Plugins(found.family("model-adapter", ModelAdapter.class, "halftone.architecture"),
            found.family("pipeline", PipelineAdapter.class, named), found.family("scheduler", Scheduler.class, named),
            found.family("tokenizer", Tokenizer.Loader.class, named), found.family("format", QuantFormat.class, named),
            found.family("policy", LevelPolicy.class, named), found.family("collector", Collector.class, named),
            found.family("algorithm", Algorithm.class, named), found.family("exporter", Exporter.class, named),
            found.family("engine", EngineBuilder.class, named), found.family("preset", Preset.class, named),
            new Plugins.Family<>("build-tool", List.of()), found.family("distributor", WorkDistributor.class, named));
    }

    /** A configuration of a component: its defaults, and in their place system properties of the type's and the attribute's name. */
    public static Object configured(Class<?> configuration) {
        return Components.configured(configuration);
    }

    /** What diffusers computed with the tiny pipeline of that name; the metadata holds the call. */
    public static Path golden(String name) {
        return Path.of("src/test/resources/golden", name + ".safetensors");
    }

    /** The service over these plugins. */
    public static Halftone halftone() {
        return halftone(PLUGINS);
    }

    /** The service over these plugins, with these distributors by their names alone. */
    public static Halftone halftone(Map<String, WorkDistributor> distributors) {
        List<Plugins.Plugin<WorkDistributor>> family = new ArrayList<>();
        distributors.forEach((name, distributor) -> family.add(Plugins.Plugin.of(distributor, name)));
        return halftone(new Plugins(PLUGINS.models(), PLUGINS.pipelines(), PLUGINS.schedulers(), PLUGINS.tokenizers(), PLUGINS.formats(), PLUGINS.policies(),
            PLUGINS.collectors(), PLUGINS.algorithms(), PLUGINS.exporters(), PLUGINS.engines(), PLUGINS.presets(), PLUGINS.tools(),
            new Plugins.Family<>("distributor", family)));
    }

    private static Halftone halftone(Plugins plugins) {
        return new HalftoneService(() -> plugins, WORK.opener(), RUNTIME, WORK.models(), new Diagnostics(new Components().services(DiagnosticSource.class)));
    }

    /**
     * Opens others' work over these plugins.
     *
     * @param changed bundle versions that it has instead of none, by the names of number formats
     */
    public static Workbench workbench(Map<String, String> changed) {
        List<Plugins.Plugin<QuantFormat>> formats = new ArrayList<>();
        for (Plugins.Plugin<QuantFormat> plugin : PLUGINS.formats().plugins()) {
            formats.add(plugin.names().stream().filter(changed::containsKey).findFirst()
                .map(name -> new Plugins.Plugin<>(plugin.names(), plugin.service(), "io.halftone.format." + name, changed.get(name))).orElse(plugin));
        }
        Plugins plugins = new Plugins(PLUGINS.models(), PLUGINS.pipelines(), PLUGINS.schedulers(), PLUGINS.tokenizers(),
            new Plugins.Family<>("format", formats), PLUGINS.policies(), PLUGINS.collectors(), PLUGINS.algorithms(), PLUGINS.exporters(),
            PLUGINS.engines(), PLUGINS.presets(), PLUGINS.tools(), PLUGINS.distributors());
        Workplace workplace = new Workplace(plugins, WORK.opener(), RUNTIME, WORK.models());
        return new Bench(() -> workplace);
    }
}
