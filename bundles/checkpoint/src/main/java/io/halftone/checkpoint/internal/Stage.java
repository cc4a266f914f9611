package io.halftone.checkpoint.internal;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** A hidden folder beside the target, where files lie under the names that they will have; deleted with what is left in it. */
final class Stage implements AutoCloseable {
    private final Path target;
    private final Path home;
    private final Path folder;

    private Stage(Path target, Path home, Path folder) {
        this.target = target;
        this.home = home;
        this.folder = folder;
    }

    /**
     * An empty stage.
     *
     * @throws IOException if the target is a folder or lies in none that can be written
     */
    static Stage beside(Path target) throws IOException {
        Path home = target.toAbsolutePath().getParent();
        requireNoFolder(target);
        if (!Files.isDirectory(home)) {
            throw new IOException(target + ": found no folder " + home + "; expected a writable folder");
        }
        try {
            return new Stage(target, home, Files.createDirectory(home.resolve("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp")));
        } catch (IOException e) {
            throw new IOException(target + ": found " + e + "; expected a writable folder", e);
        }
    }

    private static void requireNoFolder(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException(file + ": found a folder; expected the path of a file");
        }
    }

    /** Where a file lies until it gets its name. */
    Path staged(Path file) {
        return folder.resolve(file.getFileName());
    }

    /** Writes a file of text, durably. */
    void text(Path file, String text) throws IOException {
        try (FileChannel channel = FileChannel.open(staged(file), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    /** Gives files their names in this order, each replacing what has it. On failure those that replaced nothing are deleted. */
    void publish(List<Path> files) throws IOException {
        for (Path file : files) {
            requireNoFolder(file);
        }
        List<Path> added = new ArrayList<>();
        try {
            for (Path file : files) {
                boolean replaces = Files.exists(file);
                Files.move(staged(file), file, StandardCopyOption.ATOMIC_MOVE);
                if (!replaces) {
                    added.add(file);
                }
            }
        } catch (IOException | RuntimeException e) {
            for (Path file : added) {
                Files.deleteIfExists(file);
            }
            throw e;
        }
    }

    /** The failure with the name that the file was to have, or at least the target's; an interruption as it is. */
    IOException named(IOException e) {
        if (e instanceof ClosedChannelException) {
            return e;
        }
        String message = String.valueOf(e.getMessage()).replace(folder + File.separator, home + File.separator);
        return new IOException(message.contains(home.toString()) || message.startsWith(target.toString()) ? message
            : target + ": found " + message + "; expected a checkpoint that can be written", e);
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> left = Files.list(folder)) {
            for (Path file : left.toList()) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(folder);
    }
}
