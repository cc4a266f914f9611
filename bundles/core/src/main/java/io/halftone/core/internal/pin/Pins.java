package io.halftone.core.internal.pin;

import io.halftone.core.internal.Plugins;
import io.halftone.core.internal.job.Failures;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleReference;
import org.osgi.framework.wiring.BundleWiring;

/**
 * Holds what plugins may yet need of their bundles. A framework closes a bundle that is uninstalled, updated or refreshed, and a class that
 * is first used afterwards is not found. A class that was loaded stays with its loader, and a name that the virtual machine has once resolved
 * for a loader is never asked for again: so every class is loaded, and every name resolved, before a job starts.
 */
public final class Pins {
    /** What bundles are called, by loader. A loader is forgotten once its plugin is gone and the jobs that used it are over. */
    private final Map<ClassLoader, Held> held = new WeakHashMap<>();
    private long order;

    /** What a bundle is called, and where it stands among those held: the later, the greater. */
    private record Held(String name, long order) {}

    /**
     * Holds the bundles of plugins; those held already cost nothing.
     *
     * @return the plugins without those whose bundle went meanwhile
     */
    public Plugins hold(Plugins plugins) {
        Surroundings surroundings = new Surroundings();
        return plugins.only(plugin -> hold(plugin.getClass().getClassLoader(), surroundings));
    }

    /**
     * Holds the bundle of a service that is no plugin.
     *
     * @return whether it was still there
     */
    public boolean keeps(Object service) {
        return hold(service.getClass().getClassLoader(), new Surroundings());
    }

    private boolean hold(ClassLoader loader, Surroundings surroundings) {
        if (!(loader instanceof BundleReference reference) || isHeld(loader)) {
            return true;
        }
        BundleWiring wiring = wiring(loader);
        if (wiring == null || !new ClassLoading(wiring, surroundings.thatComeAndGoWith(wiring)).loadAll()) {
            return false;
        }
        Bundle bundle = reference.getBundle();
        synchronized (held) {
            held.put(loader, new Held(bundle.getSymbolicName() + " " + bundle.getVersion(), order++));
        }
        return true;
    }

    private boolean isHeld(ClassLoader loader) {
        synchronized (held) {
            return held.containsKey(loader);
        }
    }

    /** The wiring of a bundle's loader; null if it is no longer the bundle's. */
    private static BundleWiring wiring(ClassLoader loader) {
        BundleWiring wiring = ((BundleReference) loader).getBundle().adapt(BundleWiring.class);
        return wiring != null && wiring.getClassLoader() == loader ? wiring : null;
    }

    /** One line for users of what went wrong. It names a held plugin that took part and whose bundle is gone: what is no class cannot be held. */
    public String describe(Throwable failure) {
        String line = Failures.describe(failure);
        for (Map.Entry<ClassLoader, Held> plugin : gone()) {
            if (takesPart(plugin.getKey(), failure)) {
                boolean uninstalled = ((BundleReference) plugin.getKey()).getBundle().getState() == Bundle.UNINSTALLED;
                return line + "; plugin " + plugin.getValue().name() + ": found it " + (uninstalled ? "uninstalled" : "replaced")
                    + " while the job ran; expected it to read the resources of its bundle before, when it is made";
            }
        }
        return line;
    }

    /** The last held is first: earlier versions of a bundle have classes of the same names, and may not have been collected yet. */
    private List<Map.Entry<ClassLoader, Held>> gone() {
        List<Map.Entry<ClassLoader, Held>> gone = new ArrayList<>();
        synchronized (held) {
            held.forEach((loader, its) -> {
                if (wiring(loader) == null) {
                    gone.add(Map.entry(loader, its));
                }
            });
        }
        gone.sort(Comparator.comparingLong(plugin -> -plugin.getValue().order()));
        return gone;
    }

    private static boolean takesPart(ClassLoader loader, Throwable failure) {
        for (Throwable e = failure; e != null; e = e.getCause()) {
            for (StackTraceElement frame : e.getStackTrace()) {
                if (isOf(loader, frame.getClassName())) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isOf(ClassLoader loader, String name) {
        try {
            return Class.forName(name, false, loader).getClassLoader() == loader;
        } catch (ClassNotFoundException | LinkageError | RuntimeException e) {
            return false;   // the loader is closed: it has what was loaded, and nothing else
        }
    }
}
