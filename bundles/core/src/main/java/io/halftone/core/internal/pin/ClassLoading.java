package io.halftone.core.internal.pin;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.osgi.framework.wiring.BundleWiring;

/**
 * Loads all classes of one bundle and every class that they name. Classes of other bundles that come and go are followed in turn. Nothing
 * is initialized by that.
 */
final class ClassLoading {
    private static final String SUFFIX = ".class";

    private final BundleWiring root;
    private final Map<ClassLoader, BundleWiring> followed;
    private final Map<ClassLoader, Set<String>> asked = new HashMap<>();
    private final Deque<Class<?>> unread = new ArrayDeque<>();

    /**
     * Of one bundle.
     *
     * @param followed the bundles whose classes are read, by loader, this one among them
     */
    ClassLoading(BundleWiring root, Map<ClassLoader, BundleWiring> followed) {
        this.root = root;
        this.followed = followed;
    }

    /** Whether all classes could be had: false if the bundle, or one that was followed, went meanwhile. */
    boolean loadAll() {
        Collection<String> files = root.listResources("/", "*" + SUFFIX, BundleWiring.LISTRESOURCES_LOCAL | BundleWiring.LISTRESOURCES_RECURSE);
        if (files == null) {
            return false;
        }
        for (String file : files) {
            load(root.getClassLoader(), file.substring(0, file.length() - SUFFIX.length()).replace('/', '.'));
        }
        while (!unread.isEmpty()) {
            Class<?> type = unread.pop();
            for (String name : references(type)) {
                load(type.getClassLoader(), name);
            }
        }
        // what is open now was open all the time
        return root.isCurrent() && followed.values().stream().allMatch(BundleWiring::isInUse);
    }

    private void load(ClassLoader loader, String name) {
        if (!isNew(loader, name)) {
            return;
        }
        try {
            Class<?> type = Class.forName(name, false, loader);
            ClassLoader its = type.getClassLoader();
            if (its == loader || (followed.containsKey(its) && isNew(its, name))) {
                unread.push(type);
            }
        } catch (ClassNotFoundException | LinkageError | IllegalStateException e) {
            // An optional import, or a string that only looks like a type: the plugin would not find it either. Or the bundle was closed,
            // which is seen at the end.
        }
    }

    private boolean isNew(ClassLoader loader, String name) {
        return asked.computeIfAbsent(loader, l -> new HashSet<>()).add(name);
    }

    private static Set<String> references(Class<?> type) {
        try (InputStream in = type.getResourceAsStream("/" + type.getName().replace('.', '/') + SUFFIX)) {
            return in == null ? Set.of() : ClassReferences.of(in);
        } catch (IOException | IllegalStateException e) {
            return Set.of();   // closed meanwhile
        }
    }
}
