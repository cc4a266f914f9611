package io.halftone.tensorrt.internal;

import io.halftone.files.Staging;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** The files of an engine on their way to their names. */
final class PlanFile implements AutoCloseable {
    private final Path engine;
    private final Staging staging;

    PlanFile(Path engine) throws IOException {
        this.engine = engine.toAbsolutePath();
        staging = Staging.beside(engine);
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
        return FileChannel.open(staging.file(name(engine)), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    /** Writes the others, and gives all their names; the description last: where there is one it is that of the engine beside it. */
    void publish(byte[] sidecar, byte[] layers) throws IOException {
        staging.write(name(Sidecar.file(engine)), ByteBuffer.wrap(sidecar));
        staging.write(name(layers(engine)), ByteBuffer.wrap(layers));
        staging.publish(List.of(name(layers(engine)), name(engine), name(Sidecar.file(engine))));
    }

    /** A failure with the engine's name, which a full disk does not give. */
    IOException named(IOException e) {
        return staging.named(e, name(engine));
    }

    private static String name(Path file) {
        return file.getFileName().toString();
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

    @Override
    public void close() throws IOException {
        staging.close();
    }
}
