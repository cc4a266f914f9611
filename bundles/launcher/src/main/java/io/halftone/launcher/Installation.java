package io.halftone.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Adds Karaf archives to a distribution that does not run, for the next start of both {@code bin/halftone} and its console: their
 * bundles go to {@code system/} and into the lists of what is started. A bundle takes the place of one that has its symbolic name.
 * What was changed is noted in {@code etc/kars/}, and undone from there.
 */
final class Installation {
    static final String INSTALL = "install";
    /** The commands that this is for. */
    static final Set<String> COMMANDS = Set.of(INSTALL, "uninstall");

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
    private static final String FEATURES = "featuresBoot";
    private static final String REPOSITORIES = "featuresRepositories";
    private static final String PREFIX = "reference\\:file\\:";
    private static final String OPEN = "    <bundleReplacements>";
    private static final String CLOSE = "    </bundleReplacements>";

    private final Path home;
    private final Path notes;

    Installation(Path home) {
        this.home = home;
        this.notes = home.resolve("etc").resolve("kars");
    }

    /**
     * Adds an archive; one of the same name is taken out first.
     *
     * @return what was done, in lines
     * @throws IllegalArgumentException if it is no archive of features
     */
    List<String> install(Path archive) throws IOException {
        if (!Files.isRegularFile(archive)) {
            throw new IllegalArgumentException(archive + ": found no file; expected a Karaf archive, .kar");
        }
        try (Kar kar = new Kar(archive)) {
            if (Files.exists(note(kar.name()))) {
                uninstall(kar.name());
            }
            Properties note = new Properties();
            note.setProperty("features", String.join(",", kar.features()));
            note.setProperty("repository", kar.repository());
            TextFile start = new TextFile(home.resolve("etc/oneshot/startup.properties"));
            TextFile system = new TextFile(home.resolve("etc/system.properties"));
            TextFile processing = new TextFile(home.resolve("etc/org.apache.karaf.features.xml"));
            List<String> said = new ArrayList<>(List.of("installed " + kar.name() + ": " + kar.bundles().size() + " bundles, from the next start"));
            int count = 0;
            for (Kar.Bundle bundle : kar.bundles()) {
                String line = PREFIX + bundle.file() + " = " + bundle.level();
                note.setProperty("line." + count, line);
                Optional<String> before = before(start, bundle);
                if (before.isPresent()) {
                    note.setProperty("replaced." + count, before.get());
                    start.replace(before.get(), line);
                    replace(processing, uri(file(before.get())), bundle.uri());
                    said.add("in place of " + uri(file(before.get())));
                } else {
                    start.add(line);
                }
                if (!bundle.property().isEmpty()) {
                    String key = bundle.property().substring(0, bundle.property().indexOf('='));
                    note.setProperty("property." + count, key + "=" + system.value(key));
                    system.set(key, bundle.property().substring(key.length() + 1));
                }
                count++;
            }
            note.setProperty("bundles", Integer.toString(count));
            TextFile boot = new TextFile(home.resolve("etc/org.apache.karaf.features.cfg"));
            boot.addTo(REPOSITORIES, kar.repository());
            kar.features().forEach(feature -> boot.addTo(FEATURES, feature));
            // what is listed has to be there, and what is there unlisted does no harm
            note.setProperty("files", String.join(",", kar.unpack(home.resolve("system"))));
            Files.createDirectories(notes);
            try (OutputStream out = Files.newOutputStream(note(kar.name()))) {
                note.store(out, "What halftone install has changed; halftone uninstall needs it.");
            }
            write(start, system, processing, boot);
            return said;
        }
    }

    /** The line of another bundle with the symbolic name. */
    private Optional<String> before(TextFile start, Kar.Bundle bundle) throws IOException {
        for (String line : start.lines()) {
            if (line.startsWith(PREFIX) && !file(line).equals(bundle.file())
                && Kar.symbolicName(home.resolve("system").resolve(file(line))).equals(bundle.name())) {
                return Optional.of(line);
            }
        }
        return Optional.empty();
    }

    /**
     * Takes an archive out.
     *
     * @return what was done, in lines
     * @throws IllegalArgumentException if none of that name was installed
     */
    List<String> uninstall(String name) throws IOException {
        if (!NAME.matcher(name).matches() || !Files.exists(note(name))) {
            Set<String> installed = installed();
            throw new IllegalArgumentException("uninstall: found no " + name + "; expected "
                + (installed.isEmpty() ? "nothing: no archive is installed" : "one of " + installed));
        }
        Properties note = new Properties();
        try (InputStream in = Files.newInputStream(note(name))) {
            note.load(in);
        }
        TextFile start = new TextFile(home.resolve("etc/oneshot/startup.properties"));
        TextFile system = new TextFile(home.resolve("etc/system.properties"));
        TextFile processing = new TextFile(home.resolve("etc/org.apache.karaf.features.xml"));
        TextFile boot = new TextFile(home.resolve("etc/org.apache.karaf.features.cfg"));
        for (int i = 0; i < Integer.parseInt(note.getProperty("bundles")); i++) {
            String line = note.getProperty("line." + i);
            String before = note.getProperty("replaced." + i);
            if (before == null) {
                start.remove(line::equals);
            } else {
                start.replace(line, before);
                restore(processing, uri(file(before)), uri(file(line)));
            }
            String property = note.getProperty("property." + i);
            if (property != null) {
                system.set(property.substring(0, property.indexOf('=')), property.substring(property.indexOf('=') + 1));
            }
        }
        boot.removeFrom(REPOSITORIES, note.getProperty("repository"));
        for (String feature : note.getProperty("features").split(",")) {
            boot.removeFrom(FEATURES, feature);
        }
        write(start, system, processing, boot);
        Files.delete(note(name));
        for (String file : note.getProperty("files").split(",")) {
            Files.deleteIfExists(home.resolve("system").resolve(file));
        }
        return List.of("uninstalled " + name + ", from the next start");
    }

    private static void write(TextFile... files) throws IOException {
        for (TextFile file : files) {
            file.write();
        }
    }

    private static void replace(TextFile processing, String uri, String by) {
        if (!processing.lines().contains(OPEN)) {
            processing.insertBefore("</featuresProcessing>", List.of(OPEN, CLOSE));
        }
        processing.insertBefore(CLOSE, List.of(replacement(uri, by)));
    }

    private static void restore(TextFile processing, String uri, String by) {
        processing.remove(replacement(uri, by)::equals);
        List<String> lines = processing.lines();
        int open = lines.indexOf(OPEN);
        if (open >= 0 && open + 1 < lines.size() && lines.get(open + 1).equals(CLOSE)) {
            processing.remove(line -> line.equals(OPEN) || line.equals(CLOSE));
        }
    }

    private static String replacement(String uri, String by) {
        return "        <bundle originalUri=\"" + uri + "\" replacement=\"" + by + "\" mode=\"maven\"/>";
    }

    private static String file(String line) {
        return line.substring(PREFIX.length(), line.lastIndexOf('=')).strip();
    }

    /** {@code a/b/artifact/1/artifact-1.jar} as {@code mvn:a.b/artifact/1}. */
    private static String uri(String file) {
        List<String> parts = List.of(file.split("/"));
        int n = parts.size();
        return "mvn:" + String.join(".", parts.subList(0, n - 3)) + "/" + parts.get(n - 3) + "/" + parts.get(n - 2);
    }

    private Path note(String name) {
        return notes.resolve(name + ".properties");
    }

    private Set<String> installed() throws IOException {
        Set<String> names = new TreeSet<>();
        if (Files.isDirectory(notes)) {
            try (Stream<Path> files = Files.list(notes)) {
                files.map(file -> file.getFileName().toString().replaceFirst("\\.properties$", "")).forEach(names::add);
            }
        }
        return names;
    }
}
