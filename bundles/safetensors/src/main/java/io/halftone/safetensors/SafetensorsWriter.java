package io.halftone.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.halftone.files.Staging;
import io.halftone.ops.Parameters;
import io.halftone.ops.TensorView;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Writes a safetensors file one tensor at a time; none is held. What is to come is said up front, so the header is written
 * first and each tensor goes to its place, in whatever order they arrive. The bytes depend on the content alone: tensors lie
 * by the size of their elements, largest first, then by name, which also aligns each of them.
 *
 * <p>The file appears under its name on {@link #commit}, whole. Until then it is a temporary file in the same folder, which
 * {@link #close} deletes. For one thread.
 */
public final class SafetensorsWriter implements AutoCloseable {
    private static final int ALIGNMENT = 8;

    /** What writes the bytes of one tensor, little-endian and row-major, exactly as many as its type and shape take. */
    @FunctionalInterface
    @ConsumerType
    public interface Source {
        void writeTo(WritableByteChannel target) throws IOException;
    }

    private final Path target;
    private final Staging staging;
    private final FileChannel channel;
    private final Map<String, Header.Entry> tensors;
    private final long dataStart;
    private final Set<String> missing;
    private boolean open = true;

    private SafetensorsWriter(Path target, Staging staging, FileChannel channel, Map<String, Header.Entry> tensors, long dataStart) {
        this.target = target;
        this.staging = staging;
        this.channel = channel;
        this.tensors = tensors;
        this.dataStart = dataStart;
        this.missing = new LinkedHashSet<>(tensors.keySet());
    }

    /**
     * Starts a file.
     *
     * @param target the file to be; replaced on commit if there is one
     * @param tensors type and shape of every tensor, by name
     * @param metadata text entries; no {@code __metadata__} is written if there are none
     * @throws IllegalArgumentException if a tensor is called {@code __metadata__} or the header is longer than 100 MB
     * @throws IOException if the target's folder cannot be written
     */
    public static SafetensorsWriter create(Path target, Map<String, Parameters.Info> tensors, Map<String, String> metadata)
            throws IOException {
        Map<String, Header.Entry> entries = layout(target, tensors);
        ByteBuffer header = header(target, entries, new TreeMap<>(metadata));
        SafetensorsWriter writer = open(target, entries, header.remaining());
        try {
            writer.writeAt(0, header);
            return writer;
        } catch (IOException | RuntimeException e) {
            writer.close();
            throw e;
        }
    }

    private static SafetensorsWriter open(Path target, Map<String, Header.Entry> entries, long dataStart) throws IOException {
        String name = target.getFileName().toString();
        Staging staging = Staging.beside(target);
        try {
            FileChannel channel = FileChannel.open(staging.file(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            return new SafetensorsWriter(target, staging, channel, entries, dataStart);
        } catch (IOException e) {
            staging.close();
            throw staging.named(e, name);
        }
    }

    private static Map<String, Header.Entry> layout(Path target, Map<String, Parameters.Info> tensors) {
        if (tensors.containsKey(Header.METADATA)) {
            throw new IllegalArgumentException(target + ": found a tensor named " + Header.METADATA + "; expected another name");
        }
        List<String> order = tensors.keySet().stream()
            .sorted(Comparator.comparingInt((String name) -> -tensors.get(name).dtype().bytes()).thenComparing(Comparator.naturalOrder()))
            .toList();
        Map<String, Header.Entry> entries = new LinkedHashMap<>();
        long at = 0;
        for (String name : order) {
            long end = Math.addExact(at, tensors.get(name).byteLength());
            entries.put(name, new Header.Entry(tensors.get(name), at, end));
            at = end;
        }
        return entries;
    }

    /** Length and header, padded with spaces so that the data begin at a multiple of 8. */
    private static ByteBuffer header(Path target, Map<String, Header.Entry> tensors, SortedMap<String, String> metadata)
            throws IOException {
        var text = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart(Header.METADATA);
                for (Map.Entry<String, String> entry : metadata.entrySet()) {
                    json.writeStringField(entry.getKey(), entry.getValue());
                }
                json.writeEndObject();
            }
            for (Map.Entry<String, Header.Entry> tensor : tensors.entrySet()) {
                Header.Entry entry = tensor.getValue();
                json.writeObjectFieldStart(tensor.getKey());
                json.writeStringField("dtype", entry.info().dtype().code());
                json.writeFieldName("shape");
                json.writeArray(entry.info().shape(), 0, entry.info().shape().length);
                json.writeFieldName("data_offsets");
                json.writeArray(new long[] {entry.begin(), entry.end()}, 0, 2);
                json.writeEndObject();
            }
            json.writeEndObject();
        }
        while (text.size() % ALIGNMENT != 0) {
            text.write(' ');
        }
        if (text.size() > Header.LIMIT) {
            throw new IllegalArgumentException(target + ": found a header of " + text.size() + " bytes; expected at most " + Header.LIMIT);
        }
        return ByteBuffer.allocate(Header.LENGTH_BYTES + text.size()).order(ByteOrder.LITTLE_ENDIAN)
            .putLong(text.size()).put(text.toByteArray()).flip();
    }

    /** The tensors in the order in which they lie in the file: the order in which writing is fastest. */
    public List<String> names() {
        return List.copyOf(tensors.keySet());
    }

    /**
     * Writes a tensor from host memory.
     *
     * @throws IllegalArgumentException if the file has no such tensor, or one of another type or shape
     * @throws IllegalStateException if the tensor was written before, is on a device, or the writer is closed
     */
    public void write(String name, TensorView tensor) throws IOException {
        Parameters.Info expected = expected(name).info();
        Parameters.Info found = new Parameters.Info(tensor.dtype(), tensor.shape());
        if (!found.equals(expected)) {
            throw new IllegalArgumentException(target + ": " + name + ": found " + found + "; expected " + expected);
        }
        ByteBuffer bytes = tensor.bytes();
        write(name, out -> out.write(bytes));
    }

    /**
     * Writes a tensor as its source hands it over. If that fails the tensor may be written anew.
     *
     * @throws IllegalArgumentException if the file has no such tensor
     * @throws IllegalStateException if the tensor was written before or the writer is closed
     * @throws IOException if the source fails, or writes fewer or more bytes than the tensor has
     */
    public void write(String name, Source source) throws IOException {
        Header.Entry entry = expected(name);
        var span = new Span(name, entry);
        source.writeTo(span);
        if (span.at != entry.end()) {
            throw new IOException(target + ": " + name + ": found " + (span.at - entry.begin()) + " bytes; expected "
                + (entry.end() - entry.begin()));
        }
        missing.remove(name);
    }

    private Header.Entry expected(String name) {
        requireOpen();
        Header.Entry entry = tensors.get(name);
        if (entry == null) {
            throw new IllegalArgumentException(target + ": " + name + ": found a tensor not announced; expected one of " + tensors.size());
        }
        if (!missing.contains(name)) {
            throw new IllegalStateException(target + ": " + name + ": found it written before; expected it once");
        }
        return entry;
    }

    /**
     * Makes the file durable and gives it its name, in one step.
     *
     * @throws IllegalStateException if a tensor is not written yet, or the writer is closed
     * @throws IOException if the file cannot be completed; the target is then as it was
     */
    public void commit() throws IOException {
        requireOpen();
        if (!missing.isEmpty()) {
            throw new IllegalStateException(target + ": found no data for " + missing + "; expected every tensor written");
        }
        try {
            channel.force(true);
            channel.close();
            staging.publish(List.of(target.getFileName().toString()));
        } catch (IOException e) {
            throw unwritable(e);
        }
        close();
    }

    /** Deletes what was written, unless it was committed. */
    @Override
    public void close() throws IOException {
        if (open) {
            open = false;
            try (staging) {
                channel.close();
            }
        }
    }

    private void requireOpen() {
        if (!open) {
            throw new IllegalStateException(target + ": found a closed writer; expected an open one");
        }
    }

    private int writeAt(long position, ByteBuffer bytes) throws IOException {
        int count = bytes.remaining();
        long at = position;
        try {
            while (bytes.hasRemaining()) {
                at += channel.write(bytes, at);
            }
        } catch (IOException e) {
            throw unwritable(e);
        }
        return count;
    }

    private IOException unwritable(IOException e) {
        return staging.named(e, target.getFileName().toString());
    }

    /** The place of one tensor in the file. */
    private final class Span implements WritableByteChannel {
        private final String name;
        private final Header.Entry entry;
        private long at;

        Span(String name, Header.Entry entry) {
            this.name = name;
            this.entry = entry;
            this.at = entry.begin();
        }

        @Override
        public int write(ByteBuffer bytes) throws IOException {
            if (bytes.remaining() > entry.end() - at) {
                throw new IOException(target + ": " + name + ": found more than " + (entry.end() - entry.begin())
                    + " bytes; expected just as many");
            }
            int count = writeAt(dataStart + at, bytes);
            at += count;
            return count;
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public void close() {
            // the writer's channel outlives one tensor
        }
    }
}
