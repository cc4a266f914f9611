package io.halftone.itests.archetypes;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The projects that the archetypes' own build has generated, and the example, copied beside each other; none has this build as its
 * parent. A Maven of its own builds them, with a local repository under target/ that holds this build's artifacts, as an install
 * would have put them there; what is not this build's comes from the user's repository or, if it is not there, from Central.
 */
final class Projects {
    private static final List<String> KINDS = List.of("model-adapter", "collector", "policy", "format");
    private static final List<String> PARENTS = List.of("halftone:.", "halftone-bundles:bundles", "halftone-model-adapters:model-adapters");
    /** The folders that bundles are in. */
    private static final List<String> FAMILIES = List.of("bundles", "model-adapters");

    /** A build of seconds is over before the optimizing compiler pays for itself, and so are the processes that its tests run in. */
    private static final Map<String, String> ENVIRONMENT = Map.of("JAVA_HOME", System.getProperty("java.home"), "OMP_WAIT_POLICY", "PASSIVE",
        "JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");

    private final Path root;
    private final String version;
    private final Path scratch;
    private final Path repository;

    Projects(Path root, String version, Path scratch) {
        this.root = root;
        this.version = version;
        this.scratch = scratch;
        this.repository = scratch.resolve("repository");
    }

    /** The folders: two of each archetype, {@code collector-plain} and {@code collector-odd}, and that of the example. */
    List<Path> folders() throws IOException {
        List<Path> folders = new ArrayList<>();
        for (String kind : KINDS) {
            for (String names : List.of("plain", "odd")) {
                folders.add(scratch.resolve(kind + "-" + names));
            }
        }
        folders.add(scratch.resolve("pixart-sigma"));
        return folders;
    }

    /** The jar that a project has built. */
    static Path jar(Path project) throws IOException {
        try (Stream<Path> files = Files.list(project.resolve("target"))) {
            return files.filter(file -> file.toString().endsWith(".jar")).findFirst().orElseThrow();
        }
    }

    /** Builds and tests all of them. */
    void build(Path mavenHome, Path userRepository, boolean offline) throws IOException, InterruptedException {
        copy();
        install();
        Path settings = Files.writeString(scratch.resolve("settings.xml"), settings(userRepository));
        List<String> line = new ArrayList<>(List.of(mavenHome.resolve("bin").resolve("mvn").toString(), "-B", "-ntp", "-T2", "verify",
            "-s", settings.toString(), "-Dmaven.repo.local=" + repository, "-Dhalftone.version=" + version, "-Daether.offline.protocols=file"));
        if (offline) {
            line.add("-o");
        }
        Command.start(scratch, ENVIRONMENT, line).succeeds();
    }

    private void copy() throws IOException {
        StringBuilder modules = new StringBuilder();
        for (Path folder : folders()) {
            copy(source(folder.getFileName().toString()), folder);
            modules.append("<module>").append(folder.getFileName()).append("</module>");
        }
        Files.writeString(scratch.resolve("pom.xml"), "<project><modelVersion>4.0.0</modelVersion><groupId>aggregate</groupId>"
            + "<artifactId>aggregate</artifactId><version>0</version><packaging>pom</packaging><modules>" + modules + "</modules></project>");
    }

    private Path source(String name) throws IOException {
        if (name.equals("pixart-sigma")) {
            return root.resolve("examples").resolve(name);
        }
        int dash = name.lastIndexOf('-');
        Path generated = root.resolve("archetypes").resolve("halftone-" + name.substring(0, dash)).resolve("target").resolve("test-classes")
            .resolve("projects").resolve(name.substring(dash + 1)).resolve("project");
        try (Stream<Path> projects = Files.list(generated)) {
            return projects.findFirst().orElseThrow();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                Path relative = from.relativize(file);
                if (!relative.startsWith("target")) {
                    Path target = to.resolve(relative.toString());
                    Files.createDirectories(target.getParent());
                    Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    /** Of this build what the class path of these tests has, which is what a plugin compiles against and what its tests run on. */
    private void install() throws IOException {
        for (String parent : PARENTS) {
            int colon = parent.indexOf(':');
            install(parent.substring(0, colon), root.resolve(parent.substring(colon + 1)));
        }
        Pattern ours = Pattern.compile("(io\\.halftone\\.(.+))-" + Pattern.quote(version) + "\\.jar");
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path jar = Path.of(entry);
            Matcher name = ours.matcher(jar.getFileName().toString());
            if (name.matches()) {
                Optional<Path> module = FAMILIES.stream().map(family -> root.resolve(family).resolve(name.group(2))).filter(Files::isDirectory)
                    .findFirst();
                if (module.isPresent()) {   // and is not that of these tests
                    link(jar, install(name.group(1), module.get()).resolve(jar.getFileName()));
                }
            }
        }
    }

    /** The folder of an artifact, with its pom. */
    private Path install(String artifact, Path module) throws IOException {
        Path folder = Files.createDirectories(repository.resolve("io").resolve("halftone").resolve(artifact).resolve(version));
        Files.copy(module.resolve("pom.xml"), folder.resolve(artifact + "-" + version + ".pom"));
        return folder;
    }

    /** Or a copy where the file system has no links: the native libraries alone are 100 MB. */
    private static void link(Path file, Path link) throws IOException {
        try {
            Files.createLink(link, file);
        } catch (IOException | UnsupportedOperationException e) {
            Files.copy(file, link);
        }
    }

    private static String settings(Path userRepository) {
        String repository = "<id>user</id><url>" + userRepository.toUri() + "</url>"
            + "<releases><checksumPolicy>ignore</checksumPolicy></releases><snapshots><enabled>false</enabled></snapshots>";
        return "<settings><profiles><profile><id>user</id><repositories><repository>" + repository + "</repository></repositories>"
            + "<pluginRepositories><pluginRepository>" + repository + "</pluginRepository></pluginRepositories></profile></profiles>"
            + "<activeProfiles><activeProfile>user</activeProfile></activeProfiles></settings>";
    }
}
