package io.halftone.core.internal.pin;

import io.halftone.export.Exporter;
import io.halftone.model.ModelAdapter;
import io.halftone.ops.Ops;
import io.halftone.pipeline.PipelineAdapter;
import io.halftone.quant.Collector;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;

/** The bundles around plugins: which of them stay as long as a job can run, and which come and go as plugins do. */
final class Surroundings {
    private static final Set<String> API = Stream.of(Ops.class, ModelAdapter.class, Collector.class, Exporter.class, PipelineAdapter.class)
        .map(Class::getPackageName).collect(Collectors.toSet());

    private Set<ClassLoader> permanent;

    /**
     * A plugin's bundle, and those it is wired to that can go while a job runs and are made for Halftone, by loader. A library is left out:
     * it is installed with its feature, and stays.
     */
    Map<ClassLoader, BundleWiring> thatComeAndGoWith(BundleWiring plugin) {
        if (permanent == null) {
            permanent = neededHere();
        }
        Map<ClassLoader, BundleWiring> found = new LinkedHashMap<>();
        add(plugin, found);
        return found;
    }

    private void add(BundleWiring user, Map<ClassLoader, BundleWiring> found) {
        found.put(user.getClassLoader(), user);
        for (BundleWiring provider : providers(user)) {
            ClassLoader loader = provider.getClassLoader();
            if (!permanent.contains(loader) && !found.containsKey(loader) && importsApi(provider)) {
                add(provider, found);
            }
        }
    }

    /** By the names of packages and bundles: where a host exports the API, its classes need not be those of the framework's own loader. */
    private static boolean importsApi(BundleWiring user) {
        List<BundleWire> wires = user.getRequiredWires(null);   // null once it is no longer in use
        return wires != null && wires.stream().map(BundleWire::getCapability)
            .map(capability -> capability.getAttributes().get(capability.getNamespace())).anyMatch(API::contains);
    }

    /** The bundles that this one needs: when one of them goes, this one goes, and its jobs are cancelled. */
    private static Set<ClassLoader> neededHere() {
        Set<ClassLoader> needed = new HashSet<>();
        Bundle here = FrameworkUtil.getBundle(Surroundings.class);
        if (here != null && here.adapt(BundleWiring.class) != null) {
            addNeeded(here.adapt(BundleWiring.class), needed);
        }
        return needed;
    }

    private static void addNeeded(BundleWiring user, Set<ClassLoader> needed) {
        if (needed.add(user.getClassLoader())) {
            providers(user).forEach(provider -> addNeeded(provider, needed));
        }
    }

    private static List<BundleWiring> providers(BundleWiring user) {
        List<BundleWire> wires = user.getRequiredWires(null);   // null once it is no longer in use
        return wires == null ? List.of() : wires.stream().map(BundleWire::getProviderWiring).filter(Objects::nonNull).distinct().toList();
    }
}
