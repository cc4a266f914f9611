package io.halftone.onnxruntime.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** A folder beside an engine where its files grow until they are whole. Closing it removes what was not published. */
final class Staging implements AutoCloseable {
    private static final String PREFIX = ".engine-";

    private final Path target;
    private final Path folder;

    /** Makes the folder, after removing those of processes that are gone. */
    Staging(Path target) throws IOException {
        this.target = target;
        sweep(target);
        this.folder = Files.createTempDirectory(target, PREFIX + ProcessHandle.current().pid() + "-");
    }

    private Staging(Path target, Path folder) {
        this.target = target;
        this.folder = folder;
    }

    /** A folder for files that nobody wants to keep. */
    static Staging temporary() throws IOException {
        Path folder = Files.createTempDirectory("halftone-engine-");
        return new Staging(folder, folder);
    }

    /** The place of a file that is being written. */
    Path file(String name) {
        return folder.resolve(name);
    }

    /**
     * Moves an engine and its data to their places, the data first: an engine file is whole or not there. Where the engine
     * cannot follow, the data that was there before comes back.
     */
    void publish(String engine, String data) throws IOException {
        Path newData = target.resolve(data);
        Path oldData = folder.resolve("replaced");
        boolean replaces = Files.exists(newData);
        if (replaces) {
            move(newData, oldData);
        }
        try {
            if (Files.exists(file(data))) {
                move(file(data), newData);
            }
            move(file(engine), target.resolve(engine));
        } catch (IOException e) {
            Files.deleteIfExists(newData);
            if (replaces) {
                move(oldData, newData);
            }
            throw e;
        }
    }

    private static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void sweep(Path target) throws IOException {
        try (var left = Files.newDirectoryStream(target, PREFIX + "*")) {
            for (Path staging : left) {
                String pid = staging.getFileName().toString().substring(PREFIX.length()).replaceAll("-.*", "");
                if (pid.matches("\\d{1,18}") && ProcessHandle.of(Long.parseLong(pid)).isEmpty()) {
                    delete(staging);
                }
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        List<Path> files;
        try (var listed = Files.list(folder)) {
            files = listed.toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
        Files.delete(folder);
    }

    @Override
    public void close() throws IOException {
        delete(folder);
    }
}
