package io.halftone.core.internal.quantize;

import io.halftone.ops.CheckpointException;
import io.halftone.ops.Parameters;
import io.halftone.ops.TensorView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Collections;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * A checkpoint with some weights changed. The changed ones lie in a temporary file that the file system forgets when this is
 * closed or the process ends: a model of any size takes no heap. For use by one thread, but for windows.
 */
final class ChangedWeights implements Parameters, AutoCloseable {
    private record Place(Info info, long offset) {}

    private final Parameters base;
    private final TreeMap<String, Place> changed = new TreeMap<>();
    /** The checkpoint's and the added ones. */
    private final TreeSet<String> names;
    private final FileChannel file;
    private long end;

    ChangedWeights(Parameters base) throws IOException {
        this.base = base;
        this.names = new TreeSet<>(base.names());
        // made by what deletes it, and for its owner alone: a process that is killed between two calls would leave it
        Path path = Path.of(System.getProperty("java.io.tmpdir")).resolve("halftone-weights" + UUID.randomUUID() + ".tmp");
        this.file = FileChannel.open(path, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    /** Puts a tensor of the same shape in the place of one of the checkpoint's. */
    void put(String name, TensorView tensor) {
        Info before = base.info(name);
        if (!Arrays.equals(before.shape(), tensor.shape())) {
            throw new CheckpointException(name + ": found a changed weight " + new Info(tensor.dtype(), tensor.shape())
                + "; expected the shape of " + before);
        }
        keep(name, tensor);
    }

    /** Adds a tensor that the checkpoint has not. */
    void add(String name, TensorView tensor) {
        if (base.names().contains(name)) {
            throw new CheckpointException(name + ": found a parameter of the checkpoint; expected a new name");
        }
        keep(name, tensor);
    }

    private void keep(String name, TensorView tensor) {
        Info info = new Info(tensor.dtype(), tensor.shape());
        Place old = changed.get(name);
        long at = old != null && old.info().equals(info) ? old.offset() : end;
        try {
            ByteBuffer bytes = tensor.bytes();
            long to = at;
            while (bytes.hasRemaining()) {
                to += file.write(bytes, to);
            }
            end = Math.max(end, to);
        } catch (IOException e) {
            throw new UncheckedIOException(name + ": cannot keep the changed weight: " + e.getMessage(), e);
        }
        changed.put(name, new Place(info, at));
        names.add(name);
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(names);
    }

    @Override
    public Info info(String name) {
        Place place = changed.get(name);
        return place == null ? base.info(name) : place.info();
    }

    @Override
    public TensorView read(String name) {
        Place place = changed.get(name);
        if (place == null) {
            return base.read(name);
        }
        ByteBuffer bytes = ByteBuffer.allocateDirect(Math.toIntExact(place.info().byteLength()));
        read(name, place, 0, bytes);
        return TensorView.host(place.info().dtype(), place.info().shape(), bytes.flip());
    }

    /** For several threads, as long as nothing is put or added. */
    @Override
    public Window window(String name) {
        Place place = changed.get(name);
        return place == null ? base.window(name) : (offset, target) -> read(name, place, offset, target);
    }

    private void read(String name, Place place, long offset, ByteBuffer target) {
        if (offset < 0 || target.remaining() > place.info().byteLength() - offset) {
            throw new IllegalArgumentException(name + ": found a window of " + target.remaining() + " bytes at " + offset + "; expected one within "
                + place.info().byteLength() + " bytes");
        }
        try {
            long at = place.offset() + offset;
            while (target.hasRemaining()) {
                int count = file.read(target, at);
                if (count < 0) {
                    throw new IOException("found its end; expected " + place.info());
                }
                at += count;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(name + ": cannot read the changed weight: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
