package io.halftone.tensorrt.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** The files of an engine on their way to their names: written whole beside them, then moved. */
final class PlanFile implements AutoCloseable {
    /** What the files are called until they are whole; nothing else begins so. */
    private static final String STAGING = ".plan-";

    private final Path engine;
    private final Path staging;

    /** Makes a folder beside the engine file, and removes what builds of processes that are gone left there. */
    PlanFile(Path engine) throws IOException {
        this.engine = engine.toAbsolutePath();
        sweep(this.engine.getParent());
        staging = Files.createTempDirectory(this.engine.getParent(), STAGING + ProcessHandle.current().pid() + "-");
    }

    /** All files of an engine, the engine first. */
    static List<Path> files(Path engine) {
        return List.of(engine, Sidecar.file(engine), layers(engine));
    }

    /** TensorRT's own list of an engine's layers. */
    static Path layers(Path engine) {
        return engine.resolveSibling(engine.getFileName() + ".layers.json");
    }

    /** Opens the file that becomes the engine. */
    FileChannel open() throws IOException {
        return FileChannel.open(staging.resolve(engine.getFileName()), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    /**
     * Writes the others, and gives all their names. The description comes last, after the old one is gone: a process that dies between
     * leaves none, and where there is one it is that of the engine beside it.
     */
    void publish(byte[] sidecar, byte[] layers) throws IOException {
        write(Sidecar.file(engine), sidecar);
        write(layers(engine), layers);
        FolderLock.within(engine.getParent(), () -> {
            Files.deleteIfExists(Sidecar.file(engine));
            for (Path file : List.of(layers(engine), engine, Sidecar.file(engine))) {
                Files.move(staging.resolve(file.getFileName()), file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
        });
    }

    private void write(Path target, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(staging.resolve(target.getFileName()), StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE)) {
            writeAll(channel, ByteBuffer.wrap(bytes));
            channel.force(true);
        }
    }

    /** Writes what is left of a buffer. */
    static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Reads until a buffer is full, or the file at its end. */
    static void readAll(FileChannel channel, ByteBuffer bytes) throws IOException {
        int read = 0;
        while (bytes.hasRemaining() && read >= 0) {
            read = channel.read(bytes);
        }
    }

    /** Replaces a file when the bytes are whole on the disk. */
    static void replace(Path file, byte[] bytes) throws IOException {
        Path part = Files.createTempFile(file.toAbsolutePath().getParent(), STAGING, "");
        try {
            try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
                writeAll(channel, ByteBuffer.wrap(bytes));
                channel.force(true);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static void sweep(Path folder) throws IOException {
        try (var left = Files.newDirectoryStream(folder, STAGING + "*-*")) {
            for (Path staged : left) {
                String pid = staged.getFileName().toString().substring(STAGING.length()).replaceAll("-.*", "");
                if (pid.matches("\\d{1,18}") && ProcessHandle.of(Long.parseLong(pid)).isEmpty()) {
                    delete(staged);
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
        delete(staging);
    }
}
