package io.halftone.safetensors;

import io.halftone.ops.CheckpointException;
import io.halftone.ops.Parameters;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A safetensors checkpoint open for reading. Its headers are checked whole when it is opened; tensors are read when asked
 * for, and none is held. Safe for use by several threads; a thread that is interrupted while it reads fails alone.
 * Every read throws {@link IllegalStateException} once the checkpoint is closed.
 */
@ProviderType
public sealed interface Safetensors extends Parameters, AutoCloseable permits SafetensorsFile, ShardedSafetensors {
    /** The text entries of {@code __metadata__}, sorted by key; of several shards, the entries that all of them share. */
    Map<String, String> metadata();

    /**
     * Fills a window with the bytes of a tensor, little-endian and row-major, from {@code offset} on. This is how a tensor
     * past 2 GiB is read.
     *
     * @param offset counted in bytes from the tensor's first
     * @throws IllegalArgumentException if the window's remaining bytes do not lie within the tensor
     * @throws CheckpointException if there is no such tensor or it cannot be read
     */
    void read(String name, long offset, ByteBuffer window);

    /** Reads from the file whatever is asked for, and holds nothing. */
    @Override
    default Window window(String name) {
        info(name);   // refuses a name that is not there
        return (offset, target) -> read(name, offset, target);
    }

    /**
     * Copies all bytes of a tensor, of any length, in chunks of at most 1 MiB.
     *
     * @throws CheckpointException if there is no such tensor or it cannot be read
     * @throws IOException if the target cannot be written
     */
    void transfer(String name, WritableByteChannel target) throws IOException;

    /** The files it is read from: one, or an index and its shards. */
    List<Path> files();

    /** Closes the files; a second call does nothing. */
    @Override
    void close();
}
