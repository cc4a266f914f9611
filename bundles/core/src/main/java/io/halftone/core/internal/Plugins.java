package io.halftone.core.internal;

import io.halftone.api.Absence;
import io.halftone.api.PluginInfo;
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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The plugins that a job took at its start, by kind and name. Immutable. */
public record Plugins(Family<ModelAdapter> models, Family<PipelineAdapter> pipelines, Family<Scheduler> schedulers,
                      Family<Tokenizer.Loader> tokenizers, Family<QuantFormat> formats, Family<LevelPolicy> policies,
                      Family<Collector> collectors, Family<Algorithm> algorithms, Family<Exporter> exporters,
                      Family<EngineBuilder> engines, Family<Preset> presets, Family<BuildTool> tools,
                      Family<WorkDistributor> distributors) {

    /**
     * A plugin.
     *
     * @param names   what it is asked for by
     * @param bundle  symbolic name of its bundle; empty outside a framework
     * @param version the bundle's version; empty outside a framework
     */
    public record Plugin<S>(List<String> names, S service, String bundle, String version) {
        public Plugin {
            names = List.copyOf(names);
        }

        /** A plugin that comes from no bundle. */
        public static <S> Plugin<S> of(S service, String... names) {
            return new Plugin<>(List.of(names), service, "", "");
        }
    }

    /**
     * The plugins of one kind, the preferred ones first.
     *
     * @param kind   what messages call it
     * @param absent why others, which are installed, cannot be had here, by name
     */
    public record Family<S>(String kind, List<Plugin<S>> plugins, Map<String, String> absent) {
        public Family {
            plugins = List.copyOf(plugins);
            absent = Map.copyOf(absent);
        }

        /** Those that are there, where nothing is known of others. */
        public Family(String kind, List<Plugin<S>> plugins) {
            this(kind, plugins, Map.of());
        }

        /**
         * The service of that name.
         *
         * @throws IllegalArgumentException if there is none; the message says why it cannot be had, or lists the names there are
         */
        public S get(String name) {
            for (Plugin<S> plugin : plugins) {
                if (plugin.names().contains(name)) {
                    return plugin.service();
                }
            }
            throw new IllegalArgumentException(kind + " " + name + ": "
                + absent.getOrDefault(name, "found none; expected one of " + names()));
        }

        /** Whether there is one of that name. */
        public boolean has(String name) {
            return plugins.stream().anyMatch(p -> p.names().contains(name));
        }

        /** All names, sorted. */
        public List<String> names() {
            TreeSet<String> names = new TreeSet<>();
            plugins.forEach(p -> names.addAll(p.names()));
            return List.copyOf(names);
        }

        private Family<S> only(Predicate<Object> accepted) {
            return new Family<>(kind, plugins.stream().filter(plugin -> accepted.test(plugin.service())).toList(), absent);
        }

        private Family<S> lacking(List<Absence> absences) {
            Map<String, String> reasons = new TreeMap<>();
            absences.stream().filter(absence -> absence.kind().equals(kind)).forEach(absence -> reasons.put(absence.name(), absence.reason()));
            return new Family<>(kind, plugins, reasons);
        }

        /** What is said of them. */
        Stream<PluginInfo> infos() {
            return plugins.stream().map(p -> new PluginInfo(kind, p.names(), p.bundle(), p.version()));
        }
    }

    /** Those whose service is accepted. */
    public Plugins only(Predicate<Object> accepted) {
        return new Plugins(models.only(accepted), pipelines.only(accepted), schedulers.only(accepted), tokenizers.only(accepted),
            formats.only(accepted), policies.only(accepted), collectors.only(accepted), algorithms.only(accepted), exporters.only(accepted),
            engines.only(accepted), presets.only(accepted), tools.only(accepted), distributors.only(accepted));
    }

    /** The same where it is known why some engines, the plugins that need more than their bundle, cannot be had here. */
    Plugins lacking(List<Absence> absences) {
        return new Plugins(models, pipelines, schedulers, tokenizers, formats, policies, collectors, algorithms, exporters, engines.lacking(absences),
            presets, tools, distributors);
    }

    /** All plugins, by kind and in the order of preference. */
    public List<PluginInfo> infos() {
        List<PluginInfo> infos = new ArrayList<>();
        for (Family<?> family : List.of(models, pipelines, schedulers, tokenizers, formats, policies, collectors, algorithms, exporters, engines,
                presets, tools, distributors)) {
            family.infos().forEach(infos::add);
        }
        return infos;
    }
}
