package io.halftone.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.ops.CheckpointException;
import io.halftone.ops.DType;
import io.halftone.ops.Parameters;
import io.halftone.ops.TensorView;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsFileTest {
    private static final Map<String, DType> TYPES = Map.ofEntries(
        Map.entry("of.float32", DType.FLOAT32), Map.entry("of.float16", DType.FLOAT16), Map.entry("of.bfloat16", DType.BFLOAT16),
        Map.entry("of.float64", DType.FLOAT64), Map.entry("of.int64", DType.INT64), Map.entry("of.int32", DType.INT32),
        Map.entry("of.int16", DType.INT16), Map.entry("of.int8", DType.INT8), Map.entry("of.uint8", DType.UINT8),
        Map.entry("of.bool", DType.BOOL), Map.entry("of.float8_e4m3fn", DType.FLOAT8_E4M3),
        Map.entry("of.float8_e5m2", DType.FLOAT8_E5M2));

    /** The order of make_goldens.py, which is the seed of each tensor. */
    private static final List<String> SEEDS = List.of("of.float32", "of.float16", "of.bfloat16", "of.float64", "of.int64", "of.int32",
        "of.int16", "of.int8", "of.uint8", "of.bool", "of.float8_e4m3fn", "of.float8_e5m2");

    private static final int BIG = 24 << 20;

    @TempDir
    Path folder;

    @Test
    void readsEveryTypeThatTheReferenceWrites() throws IOException {
        assertEquals(DType.values().length, TYPES.size());
        try (var file = golden("every-type.safetensors")) {
            assertEquals(TYPES.keySet(), file.names());
            TYPES.forEach((name, dtype) -> {
                TensorView read = file.read(name);
                assertEquals(dtype, read.dtype());
                assertArrayEquals(new long[] {2, 3}, read.shape());
                assertEquals(Samples.counting(Samples.info(dtype, 2, 3), SEEDS.indexOf(name)).bytes(), read.bytes(), name);
            });
        }
    }

    @Test
    void readsScalarAndEmptyTensor() throws IOException {
        try (var file = golden("layout.safetensors")) {
            assertEquals(1, file.read("scalar").count());
            assertEquals(Samples.info(DType.FLOAT32, 0, 4), file.info("empty"));
            assertEquals(0, file.read("empty").bytes().remaining());
        }
    }

    @Test
    void listsNamesSorted() throws IOException {
        try (var file = golden("layout.safetensors")) {
            assertEquals(List.of("a.weight", "b.weight", "bytes", "empty", "half", "n\u00e4me \"q\"", "scalar"), List.copyOf(file.names()));
        }
    }

    @Test
    void readsMetadata() throws IOException {
        try (var file = golden("layout.safetensors")) {
            assertEquals(Map.of("format", "pt"), file.metadata());
        }
    }

    @Test
    void hasNoMetadataWhereTheFileHasNone() throws IOException {
        try (var file = golden("every-type.safetensors")) {
            assertEquals(Map.of(), file.metadata());
        }
    }

    @Test
    void readsIntoMemoryOfItsOwn() throws IOException {
        try (var file = golden("layout.safetensors")) {
            file.read("half").bytes().put(0, (byte) 99);
            assertEquals(3, file.read("half").bytes().get(0));
        }
    }

    @Test
    void aWindowReadsPartsOfATensor() throws IOException {
        try (var file = golden("layout.safetensors")) {
            ByteBuffer whole = file.read("a.weight").bytes();
            ByteBuffer part = ByteBuffer.allocate(whole.limit() - 4);
            file.window("a.weight").read(3, part);
            assertEquals(whole.slice(3, whole.limit() - 4), part.flip());
            var e = assertThrows(CheckpointException.class, () -> file.window("c.weight"));
            assertEquals(file.path() + ": c.weight: found no such tensor; expected one of 7", e.getMessage());
        }
    }

    @Test
    void keepsReadingAfterTheFileIsReplaced() throws IOException {
        Path path = folder.resolve("x.safetensors");
        Samples.floats(path, Map.of("a", 1f), Map.of());
        try (var file = SafetensorsFile.open(path)) {
            Samples.floats(path, Map.of("a", 2f), Map.of());
            assertArrayEquals(new float[] {1}, file.read("a").toFloats());
        }
    }

    @Test
    void refusesUnknownTensor() throws IOException {
        try (var file = golden("layout.safetensors")) {
            var e = assertThrows(CheckpointException.class, () -> file.read("c.weight"));
            assertEquals(file.path() + ": c.weight: found no such tensor; expected one of 7", e.getMessage());
        }
    }

    @Test
    void refusesFileTruncatedAfterItWasOpened() throws IOException {
        try (var file = golden("layout.safetensors")) {
            try (var channel = FileChannel.open(file.path(), StandardOpenOption.WRITE)) {
                channel.truncate(512);
            }
            var e = assertThrows(CheckpointException.class, () -> file.read("bytes"));
            assertEquals(file.path() + ": bytes: found java.io.EOFException: end of file at byte 512; expected 5 readable bytes",
                e.getMessage());
        }
    }

    @Test
    void refusesToReadOnceClosed() throws IOException {
        var file = golden("layout.safetensors");
        file.close();
        file.close();
        var e = assertThrows(IllegalStateException.class, () -> file.read("bytes"));
        assertEquals(file.path() + ": found a closed checkpoint; expected an open one", e.getMessage());
    }

    @Test
    void readsWindowOfALargeTensor() throws IOException {
        try (var file = big()) {
            ByteBuffer window = ByteBuffer.allocate(1000);
            file.read("big", BIG - 1000, window);
            assertEquals(Samples.counting(Samples.info(DType.UINT8, 1000), (BIG - 1000) % 251).bytes(), window.flip());
        }
    }

    @Test
    void refusesWindowBeyondTheTensor() throws IOException {
        try (var file = golden("layout.safetensors")) {
            var e = assertThrows(IllegalArgumentException.class, () -> file.read("bytes", 2, ByteBuffer.allocate(4)));
            assertEquals(file.path() + ": bytes: found a window of 4 bytes at 2; expected one within 5 bytes", e.getMessage());
        }
    }

    @Test
    void transfersInBoundedChunks() throws IOException {
        try (var file = big()) {
            var target = new Recorder();
            file.transfer("big", target);
            assertEquals(1 << 20, target.largest);
            assertArrayEquals(contents(), target.bytes.toByteArray());
        }
    }

    @Test
    void refusesToReadPast2GigabytesIntoOneBuffer() throws IOException {
        long bytes = 1L << 31;
        String header = "{\"a\":{\"dtype\":\"U8\",\"shape\":[" + bytes + "],\"data_offsets\":[0," + bytes + "]}}";
        Path path = Samples.file(folder, header, 0);
        try (var channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(1), 8 + header.length() + bytes - 1);      // sparse
        }
        try (var file = SafetensorsFile.open(path)) {
            var e = assertThrows(CheckpointException.class, () -> file.read("a"));
            assertEquals(path + ": a: found 2147483648 bytes; expected at most 2147483647 for one buffer", e.getMessage());
            ByteBuffer last = ByteBuffer.allocate(1);
            file.read("a", bytes - 1, last);
            assertEquals(1, last.position());
        }
    }

    @Test
    void readsFromSeveralThreads() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (var file = golden("every-type.safetensors")) {
            List<Future<Boolean>> results = IntStream.range(0, 400).mapToObj(i -> threads.submit(() -> {
                String name = SEEDS.get(i % SEEDS.size());
                Parameters.Info info = Samples.info(TYPES.get(name), 2, 3);
                return Samples.counting(info, i % SEEDS.size()).bytes().equals(file.read(name).bytes());
            })).toList();
            for (Future<Boolean> result : results) {
                assertTrue(result.get());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void failsTheInterruptedReaderAlone() throws Exception {
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try (var file = golden("layout.safetensors")) {
            Future<?> interrupted = threads.submit(() -> {
                Thread.currentThread().interrupt();
                file.read("bytes");
            });
            var e = assertThrows(ExecutionException.class, interrupted::get);
            assertEquals(file.path() + ": bytes: found java.nio.channels.ClosedByInterruptException; expected 5 readable bytes",
                e.getCause().getMessage());
            assertEquals(5, file.read("bytes").count());
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void refusesAnotherFileAfterAnInterrupt() throws Exception {
        Path path = folder.resolve("x.safetensors");
        Samples.floats(path, Map.of("a", 1f), Map.of());
        try (var file = SafetensorsFile.open(path)) {
            Samples.floats(path, Map.of("a", 2f, "b", 3f), Map.of());
            Thread.currentThread().interrupt();
            assertThrows(CheckpointException.class, () -> file.read("a"));
            assertTrue(Thread.interrupted());
            var e = assertThrows(CheckpointException.class, () -> file.read("a"));
            assertEquals(path + ": a: found java.io.IOException: another file than the one opened; expected 4 readable bytes",
                e.getMessage());
        }
    }

    private SafetensorsFile golden(String name) throws IOException {
        return SafetensorsFile.open(Files.write(folder.resolve(name), Samples.golden(name)));
    }

    private SafetensorsFile big() throws IOException {
        Path path = folder.resolve("big.safetensors");
        try (var writer = SafetensorsWriter.create(path, Map.of("big", Samples.info(DType.UINT8, BIG)), Map.of())) {
            writer.write("big", out -> out.write(ByteBuffer.wrap(contents())));
            writer.commit();
        }
        return SafetensorsFile.open(path);
    }

    private static byte[] contents() {
        byte[] bytes = new byte[BIG];
        for (int i = 0; i < BIG; i++) {
            bytes[i] = (byte) (i % 251);
        }
        return bytes;
    }

    private static final class Recorder implements WritableByteChannel {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final WritableByteChannel to = Channels.newChannel(bytes);
        private int largest;

        @Override
        public int write(ByteBuffer chunk) throws IOException {
            largest = Math.max(largest, chunk.remaining());
            return to.write(chunk);
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {
            // nothing is held
        }
    }
}
