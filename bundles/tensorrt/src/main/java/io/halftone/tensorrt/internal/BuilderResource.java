package io.halftone.tensorrt.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The library that TensorRT's builder opens when it is made. Without it engines run and none is built, and the builder's own message
 * comes after its start, which takes seconds; so its files are looked for instead. Version 10.6 has one file for all GPUs,
 * 10.15 one for each generation, and {@code ptx} for those to come.
 */
final class BuilderResource {
    private static final String LIBRARY = "libnvinfer.so";
    private static final String NAME = "libnvinfer_builder_resource";

    private BuilderResource() {}

    /**
     * The names of its files: those that are loaded, and those where TensorRT's library or the loader's path is.
     *
     * @param maps        lines of {@code /proc/self/maps}
     * @param libraryPath folders that the loader searches
     */
    static Set<String> files(List<String> maps, List<Path> libraryPath) throws IOException {
        Set<String> names = new TreeSet<>();
        Set<Path> folders = new TreeSet<>(libraryPath);
        for (String line : maps) {
            int at = line.indexOf('/');
            if (at >= 0) {
                Path file = Path.of(line.substring(at));
                String name = file.getFileName() == null ? "" : file.getFileName().toString();
                if (name.startsWith(NAME)) {
                    names.add(name);
                } else if (name.startsWith(LIBRARY)) {
                    folders.add(file.getParent());
                }
            }
        }
        for (Path folder : folders) {
            if (Files.isDirectory(folder)) {
                try (Stream<Path> files = Files.list(folder)) {
                    files.map(file -> file.getFileName().toString()).filter(name -> name.startsWith(NAME)).forEach(names::add);
                }
            }
        }
        return names;
    }

    /** The folders of a search path as the loader reads it. */
    static List<Path> path(String text) {
        List<Path> folders = new ArrayList<>();
        for (String folder : text.split("[:;]")) {
            if (!folder.isBlank()) {
                folders.add(Path.of(folder).toAbsolutePath().normalize());
            }
        }
        return folders;
    }

    /** What is missing to build for a GPU, as {@code found X; expected Y}; empty if nothing is. */
    static Optional<String> missing(Set<String> files, Version capability) {
        String own = NAME + "_sm" + capability.major() + capability.minor() + ".so";
        if (files.stream().anyMatch(name -> name.startsWith(NAME + ".so") || name.startsWith(own))) {
            return Optional.empty();
        }
        return Optional.of("found " + (files.isEmpty() ? "no " + NAME : String.join(", ", files)) + "; expected " + NAME + ".so or " + own
            + ": engines run, and none can be built");
    }
}
