package io.halftone.onnx.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** A folder inside the target folder where files grow until they are whole. Closing it removes what was not published. */
final class Staging implements AutoCloseable {
    private final Path target;
    private final Path folder;

    Staging(Path target) throws IOException {
        this.target = target;
        this.folder = Files.createTempDirectory(target, ".export-");
    }

    /** The place of a file that is being written. */
    Path file(String name) {
        return folder.resolve(name);
    }

    /**
     * Moves a model and its data into the target folder, the data first. Where the model cannot follow, the data that was
     * there before comes back.
     *
     * @return the files at their places, the model first
     */
    List<Path> publish(String model, String data) throws IOException {
        Path newModel = target.resolve(model);
        Path newData = target.resolve(data);
        Path oldData = folder.resolve("replaced");
        boolean replaces = Files.exists(newData);
        if (replaces) {
            move(newData, oldData);
        }
        try {
            move(file(data), newData);
            move(file(model), newModel);
        } catch (IOException e) {
            Files.deleteIfExists(newData);
            if (replaces) {
                move(oldData, newData);
            }
            throw e;
        }
        try (FileChannel directory = FileChannel.open(target, StandardOpenOption.READ)) {
            directory.force(true);
        }
        return List.of(newModel, newData);
    }

    private static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void close() throws IOException {
        List<Path> left = new ArrayList<>();
        try (var files = Files.list(folder)) {
            files.forEach(left::add);
        }
        for (Path file : left) {
            Files.delete(file);
        }
        Files.delete(folder);
    }
}
