package io.halftone.api;

import java.util.List;

/**
 * A plugin that is there.
 *
 * @param kind    what it is: model-adapter, pipeline, scheduler, tokenizer, format, policy, collector, algorithm, exporter, engine,
 *                preset, build-tool, inspector, runtime
 * @param names   the names it is asked for by
 * @param bundle  symbolic name of its bundle, where that is known
 * @param version the bundle's version, where that is known
 */
public record PluginInfo(String kind, List<String> names, String bundle, String version) {
    public PluginInfo {
        names = List.copyOf(names);
    }
}
