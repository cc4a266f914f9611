package io.halftone.core.internal;

import io.halftone.distribute.WorkDistributor;
import io.halftone.export.BuildTool;
import io.halftone.export.EngineBuilder;
import io.halftone.export.Exporter;
import io.halftone.model.ModelAdapter;
import io.halftone.pipeline.PipelineAdapter;
import io.halftone.pipeline.Preset;
import io.halftone.pipeline.Scheduler;
import io.halftone.pipeline.Tokenizer;
import io.halftone.quant.Algorithm;
import io.halftone.quant.Collector;
import io.halftone.quant.LevelPolicy;
import io.halftone.quant.QuantFormat;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferencePolicy;

/** Follows the plugins that come and go. It stays when they do: references are dynamic, and each list is replaced whole. */
@Component(service = PluginRegistry.class)
public final class PluginRegistry {
    @Reference(policy = ReferencePolicy.DYNAMIC)
    private volatile List<Map.Entry<Map<String, Object>, ModelAdapter>> models = List.of();
    @Reference(policy = ReferencePolicy.DYNAMIC)
    private volatile List<Map.Entry<Map<String, Object>, PipelineAdapter>> pipelines = List.of();
    @Reference(policy = ReferencePolicy.DYNAMIC)
    private volatile List<Map.Entry<Map<String, Object>, Scheduler>> schedulers = List.of();
    @Reference(policy = ReferencePolicy.DYNAMIC)
    private volatile List<Map.Entry<Map<String, Object>, Tokenizer.Loader>> tokenizers = List.of();
    @Reference(policy = ReferencePolicy.DYNAMIC)
    private volatile List<Map.Entry<Map<String, Object>, QuantFormat>> formats = List.of();
    @Reference(policy = ReferencePolicy.DYNAMIC)
    private volatile List<Map.Entry<Map<String, Object>, LevelPolicy>> policies = List.of();
    @Reference(policy = ReferencePolicy.DYNAMIC)
    private volatile List<Map.Entry<Map<String, Object>, Collector>> collectors = List.of();
    @Reference(policy = ReferencePolicy.DYNAMIC)
    private volatile List<Map.Entry<Map<String, Object>, Algorithm>> algorithms = List.of();
    @Reference(policy = ReferencePolicy.DYNAMIC)
    private volatile List<Map.Entry<Map<String, Object>, Exporter>> exporters = List.of();
    @Reference(policy = ReferencePolicy.DYNAMIC)
    private volatile List<Map.Entry<Map<String, Object>, EngineBuilder>> engines = List.of();
    @Reference(policy = ReferencePolicy.DYNAMIC)
    private volatile List<Map.Entry<Map<String, Object>, Preset>> presets = List.of();
    @Reference(policy = ReferencePolicy.DYNAMIC)
    private volatile List<Map.Entry<Map<String, Object>, BuildTool>> tools = List.of();
    @Reference(policy = ReferencePolicy.DYNAMIC)
    private volatile List<Map.Entry<Map<String, Object>, WorkDistributor>> distributors = List.of();

    /** The plugins that are there now. */
    Plugins snapshot() {
        return new Plugins(family("model-adapter", models, "halftone.architecture"), family("pipeline", pipelines),
            family("scheduler", schedulers), family("tokenizer", tokenizers), family("format", formats), family("policy", policies),
            family("collector", collectors), family("algorithm", algorithms), family("exporter", exporters), family("engine", engines),
            family("preset", presets), family("build-tool", tools), family("distributor", distributors));
    }

    /** Services by their property {@code halftone.named}. */
    static <S> Plugins.Family<S> family(String kind, List<Map.Entry<Map<String, Object>, S>> services) {
        return family(kind, services, "halftone.named");
    }

    private static <S> Plugins.Family<S> family(String kind, List<Map.Entry<Map<String, Object>, S>> services, String property) {
        List<Map.Entry<Map<String, Object>, S>> preferred = new ArrayList<>(services);
        // as the framework prefers: the higher ranking, then the older service
        preferred.sort(Comparator.comparing((Map.Entry<Map<String, Object>, S> e) -> -ranking(e.getKey())).thenComparing(e -> id(e.getKey())));
        List<Plugins.Plugin<S>> plugins = new ArrayList<>();
        for (Map.Entry<Map<String, Object>, S> entry : preferred) {
            Bundle bundle = FrameworkUtil.getBundle(entry.getValue().getClass());
            plugins.add(new Plugins.Plugin<>(names(entry.getKey().get(property)), entry.getValue(),
                bundle == null ? "" : bundle.getSymbolicName(), bundle == null ? "" : bundle.getVersion().toString()));
        }
        return new Plugins.Family<>(kind, plugins);
    }

    private static int ranking(Map<String, Object> properties) {
        return properties.get(Constants.SERVICE_RANKING) instanceof Integer ranking ? ranking : 0;
    }

    private static long id(Map<String, Object> properties) {
        return properties.get(Constants.SERVICE_ID) instanceof Long id ? id : 0;
    }

    private static List<String> names(Object property) {
        if (property instanceof String[] names) {
            return List.of(names);
        }
        return property instanceof String name ? List.of(name) : List.of();
    }
}
