package io.halftone.web.internal;

import com.fasterxml.jackson.databind.JsonNode;
import io.halftone.api.Absence;
import io.halftone.api.Defaults;
import io.halftone.api.Halftone;
import io.halftone.api.PluginInfo;
import io.halftone.shell.CommandInfo;
import io.halftone.shell.Commands;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** What a form can offer: models, plugins and the options of the jobs, as they are now. Looks again after a second. */
@Component(service = Inventory.class)
public final class Inventory {
    private static final List<String> LEVELS = List.of("1", "2", "2.5", "3", "4");
    private static final long FRESH_NANOS = 900_000_000L;

    private final Halftone halftone;
    private final Commands commands;
    private JsonNode last;
    private long looked;

    @Activate
    public Inventory(@Reference Halftone halftone, @Reference Commands commands) {
        this.halftone = halftone;
        this.commands = commands;
    }

    /** As JSON, not older than a second; the same object as long as nothing has changed. */
    synchronized JsonNode now() throws IOException {
        long time = System.nanoTime();
        if (last == null || time - looked > FRESH_NANOS) {
            JsonNode found = Json.own(Json.bytes(look()));
            last = found.equals(last) ? last : found;
            looked = time;
        }
        return last;
    }

    private Map<String, Object> look() {
        List<PluginInfo> plugins = halftone.plugins();
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("models", halftone.models().stream().map(model -> ordered("name", model.name(), "path", model.path(), "pipeline", model.pipeline(),
            "backbone", model.backbone(), "supported", model.supported())).toList());
        values.put("presets", halftone.presets());
        for (String kind : List.of("format", "collector", "exporter", "engine")) {
            values.put(kind + "s", names(plugins, kind));
        }
        values.put("policies", names(plugins, "policy"));
        values.put("algorithms", names(plugins, "algorithm"));
        values.put("levels", LEVELS);
        Defaults defaults = halftone.defaults();
        values.put("defaults", ordered("format", defaults.format(), "policy", defaults.policy(), "algorithm", defaults.algorithm(), "collector",
            defaults.collector(), "exporter", defaults.exporter(), "engine", defaults.engine(), "quant-level", "3"));
        values.put("plugins", plugins.stream().map(plugin -> ordered("kind", plugin.kind(), "names", plugin.names(), "bundle", plugin.bundle(),
            "version", plugin.version())).toList());
        values.put("absent", halftone.absentPlugins().stream().map(Inventory::values).toList());
        values.put("jobs", commands.commands().stream().filter(command -> Launches.KINDS.contains(command.name())).map(Inventory::values).toList());
        return values;
    }

    private static List<String> names(List<PluginInfo> plugins, String kind) {
        return plugins.stream().filter(plugin -> plugin.kind().equals(kind)).map(PluginInfo::names).flatMap(List::stream).distinct().sorted().toList();
    }

    private static Map<String, Object> values(Absence absence) {
        return ordered("kind", absence.kind(), "name", absence.name(), "reason", absence.reason());
    }

    private static Map<String, Object> values(CommandInfo command) {
        return ordered("kind", command.name(), "description", command.description(), "options", command.options().stream().map(option ->
            ordered("name", option.name(), "type", option.kind().name().toLowerCase(Locale.ROOT), "several", option.several(), "required", option.required(),
                "description", option.description(), "usually", option.usually(), "values", option.values())).toList());
    }

    private static Map<String, Object> ordered(Object... namesAndValues) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            values.put(namesAndValues[i].toString(), namesAndValues[i + 1]);
        }
        return values;
    }
}
