package io.halftone.core.internal.settings;

import io.halftone.api.Defaults;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Reads a configuration as Config Admin gives it: text from a file, or typed values. What is wrong is collected, not thrown. */
final class SettingsReader {
    private static final int MOST_JOBS = 10_000;

    private final Map<String, ?> properties;
    private final List<Refusal> refusals = new ArrayList<>();

    SettingsReader(Map<String, ?> properties) {
        this.properties = properties;
    }

    /** What was refused so far. */
    List<Refusal> refusals() {
        return List.copyOf(refusals);
    }

    /** The settings; of use only if nothing was refused. */
    Settings read() {
        Settings usual = Settings.usual();
        Defaults names = usual.defaults();
        keys();
        return new Settings(folders("modelFolders", usual.modelFolders()), folder("engineCache", usual.engineCache()),
            bytes("engineCacheBytes", usual.engineCacheBytes()),
            new Defaults(name("format", names.format()), name("policy", names.policy()), name("algorithm", names.algorithm()),
                name("collector", names.collector()), name("exporter", names.exporter()), name("engine", names.engine()),
                name("distributor", names.distributor())),
            count("jobsKept", usual.jobsKept()));
    }

    /** A key that means nothing is a slip. Those with a dot are of the framework and of Karaf. */
    private void keys() {
        List<String> known = Arrays.stream(SettingsConfig.class.getDeclaredMethods()).map(Method::getName).sorted().toList();
        for (String key : new TreeSet<>(properties.keySet())) {
            if (!key.contains(".") && !known.contains(key)) {
                refusals.add(new Refusal("", key, "one of " + String.join(", ", known)));
            }
        }
    }

    private List<Path> folders(String key, List<Path> usual) {
        List<String> values = values(key);
        return values.isEmpty() ? usual : values.stream().map(value -> path(key, value)).toList();
    }

    private Path folder(String key, Path usual) {
        String value = text(key);
        return value.isEmpty() ? usual : path(key, value);
    }

    private Path path(String key, String value) {
        try {
            Path path = Path.of(value);
            if (!path.isAbsolute()) {
                refusals.add(new Refusal(key, value, "an absolute path"));
            } else if (Files.exists(path) && !Files.isDirectory(path)) {
                refusals.add(new Refusal(key, "the file " + value, "a folder"));
            }
            return path.normalize();
        } catch (InvalidPathException e) {
            refusals.add(new Refusal(key, value, "a path (" + e.getReason() + ")"));
            return Path.of("");
        }
    }

    private String name(String key, String usual) {
        String value = text(key);
        return value.isEmpty() ? usual : value;
    }

    private int count(String key, int usual) {
        String value = text(key);
        if (value.isEmpty()) {
            return usual;
        }
        try {
            int count = Integer.parseInt(value);
            if (count >= 1 && count <= MOST_JOBS) {
                return count;
            }
        } catch (NumberFormatException e) {
            // refused below, as one that is out of range
        }
        refusals.add(new Refusal(key, value, "a whole number, 1 to " + MOST_JOBS));
        return usual;
    }

    private long bytes(String key, long usual) {
        String value = text(key);
        if (value.isEmpty() || value.matches("\\d{1,18}")) {
            return value.isEmpty() ? usual : Long.parseLong(value);
        }
        refusals.add(new Refusal(key, value, "a number of bytes, or 0 for any number"));
        return usual;
    }

    /** One text; empty where there is none. */
    private String text(String key) {
        Object value = properties.get(key);
        return value == null ? "" : value.toString().strip();
    }

    /** Several texts: a list, or one text with commas between them. */
    private List<String> values(String key) {
        Object value = properties.get(key);
        Stream<?> values = value == null ? Stream.of() : value instanceof Collection<?> list ? list.stream()
            : value instanceof Object[] array ? Stream.of(array) : Stream.of(value.toString().split(","));
        return values.map(each -> each.toString().strip()).filter(each -> !each.isEmpty()).toList();
    }
}
