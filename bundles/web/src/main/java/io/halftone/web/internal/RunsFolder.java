package io.halftone.web.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.halftone.files.Staging;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The folder in which each job that was started here has a folder of its own, with a run.json that says what it was. */
final class RunsFolder {
    static final String RECORD = "run.json";

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,99}");
    private static final Pattern SEGMENT = Pattern.compile("[^/\\\\\\p{Cc}]{1,255}");
    private static final int MOST_RUNS = 500;
    private static final int MOST_FILES = 1000;
    private static final int MOST_DEPTH = 5;
    private static final long MOST_RECORD = 4 << 20;

    private final Path folder;

    RunsFolder(Path folder) {
        this.folder = folder;
    }

    Path path() {
        return folder;
    }

    /** A file of a run. */
    record RunFile(String name, Path path, long bytes) {}

    /** Makes a folder for a run: a name by time and kind. */
    Path create(String kind, Instant now) throws IOException {
        Files.createDirectories(folder);
        for (int i = 1;; i++) {
            try {
                return Files.createDirectory(folder.toRealPath().resolve(TIME.format(now) + "-" + kind + (i == 1 ? "" : "-" + i)));
            } catch (FileAlreadyExistsException e) {
                if (i > MOST_RUNS) {
                    throw e;
                }
            }
        }
    }

    static void write(Path run, Map<String, ?> record) throws IOException {
        Staging.write(run.resolve(RECORD), Json.bytes(record));
    }

    /** The names of the runs, the last first. */
    List<String> names() throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.map(child -> child.getFileName().toString()).filter(this::isRun).sorted(Comparator.reverseOrder()).limit(MOST_RUNS).toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    /** Whether there is a run of that name: a folder, and no link, with a record. Other folders are none of the console's. */
    boolean isRun(String name) {
        Path run = folder.resolve(name);
        return NAME.matcher(name).matches() && Files.isDirectory(run, LinkOption.NOFOLLOW_LINKS)
            && Files.isRegularFile(run.resolve(RECORD), LinkOption.NOFOLLOW_LINKS);
    }

    /** Whether a path without links is in a run, or is one. */
    boolean holds(Path real) {
        try {
            Path root = folder.toRealPath();
            return real.startsWith(root) && !real.equals(root) && isRun(root.relativize(real).getName(0).toString());
        } catch (IOException e) {
            return false;   // there are no runs yet
        }
    }

    /** What a run's record says; empty where there is no such run. */
    Optional<Map<String, Object>> record(String name) throws IOException {
        Optional<RunFile> file = file(name, RECORD);
        if (file.isEmpty() || file.get().bytes() > MOST_RECORD) {
            return Optional.empty();
        }
        JsonNode node;
        try {
            node = Json.own(Files.readAllBytes(file.get().path()));
        } catch (JsonProcessingException | NoSuchFileException e) {
            return Optional.empty();   // no run of ours, or one that goes
        }
        Map<String, Object> record = new LinkedHashMap<>();
        node.fields().forEachRemaining(each -> record.put(each.getKey(), each.getValue()));
        return Optional.of(record);
    }

    /** The files of a run that may be shown, by name with slashes; no links, and nothing behind one. */
    List<RunFile> files(String name) throws IOException {
        if (!isRun(name)) {
            return List.of();
        }
        Path run = folder.resolve(name);
        List<RunFile> files = new ArrayList<>();
        Files.walkFileTree(run, Set.of(), MOST_DEPTH, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
                return !path.equals(run) && path.getFileName().toString().startsWith(".") ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
                String relative = run.relativize(path).toString();
                if (attributes.isRegularFile() && !relative.equals(RECORD) && !path.getFileName().toString().startsWith(".")) {
                    files.add(new RunFile(relative, path, attributes.size()));
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path path, IOException e) {
                return FileVisitResult.CONTINUE;   // a job that runs moves and removes what it makes
            }

            @Override
            public FileVisitResult postVisitDirectory(Path path, IOException e) {
                return FileVisitResult.CONTINUE;
            }
        });
        files.sort(Comparator.comparing(RunFile::path));
        return files.size() > MOST_FILES ? List.copyOf(files.subList(0, MOST_FILES)) : files;
    }

    /** A file of a run; empty where there is none, or where a link or a name that is none is on the way. */
    Optional<RunFile> file(String name, String file) throws IOException {
        if (!isRun(name)) {
            return Optional.empty();
        }
        Path path = folder.resolve(name);
        for (String segment : file.split("/", -1)) {
            if (Files.isSymbolicLink(path) || !SEGMENT.matcher(segment).matches() || segment.startsWith(".")) {
                return Optional.empty();
            }
            path = path.resolve(segment);
        }
        if (!path.normalize().equals(path) || !path.startsWith(folder.resolve(name)) || !Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        return Optional.of(new RunFile(file, path, Files.size(path)));
    }
}
