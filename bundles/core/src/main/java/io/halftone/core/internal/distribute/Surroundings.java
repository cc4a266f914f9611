package io.halftone.core.internal.distribute;

import io.halftone.api.PluginInfo;
import io.halftone.core.internal.Plugins;
import io.halftone.core.internal.doctor.ProcessorFacts;
import io.halftone.ops.EagerRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;

/** What the bits of a result depend on beside what is asked for: plugins, the runtime, the device. */
final class Surroundings {
    /** What these plugins do shows in no result that is sent. */
    private static final Set<String> WITHOUT_EFFECT = Set.of("exporter", "preset", "build-tool", "distributor");
    private static final String NOTHING = "none";

    private Surroundings() {}

    /**
     * Facts by name. Loads the runtime's library.
     *
     * @param engines whether engines take part
     */
    static Map<String, String> facts(Plugins plugins, EagerRuntime runtime, boolean engines) throws IOException {
        Map<String, String> facts = new TreeMap<>();
        Bundle core = FrameworkUtil.getBundle(Surroundings.class);
        if (core != null) {
            facts.put("core", core.getSymbolicName() + " " + core.getVersion());
        }
        for (PluginInfo plugin : plugins.infos()) {
            if (!WITHOUT_EFFECT.contains(plugin.kind()) && (engines || !plugin.kind().equals("engine"))) {
                // of two of a name the preferred one comes first
                plugin.names().forEach(name -> facts.putIfAbsent(plugin.kind() + " " + name, (plugin.bundle() + " " + plugin.version()).strip()));
            }
        }
        runtime.run(1, new EagerRuntime.Task<Void>() {
            @Override
            public <T> Void run(EagerRuntime.Context<T> context) {
                return null;   // its library is loaded now
            }
        });
        facts.put("runtime", library(runtime));
        facts.put("device", runtime.device().name());
        if (runtime.device().isHost()) {
            facts.put("processor", ProcessorFacts.read(Path.of("/proc/cpuinfo")).model());
        }
        return facts;
    }

    /** The library and its version, which come first of what it says. */
    private static String library(EagerRuntime runtime) {
        return runtime.description().split(",", 2)[0];
    }

    /** What of these facts is not so here, each {@code what: found X; expected Y}. What there is more here has no effect. */
    static List<String> differences(Map<String, String> expected, Map<String, String> here) {
        List<String> differences = new ArrayList<>();
        expected.forEach((name, value) -> {
            String found = here.getOrDefault(name, NOTHING);
            if (!found.equals(value)) {
                differences.add(name + ": found " + found + "; expected " + value);
            }
        });
        return differences;
    }
}
