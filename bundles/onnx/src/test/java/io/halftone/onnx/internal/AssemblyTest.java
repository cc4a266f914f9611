package io.halftone.onnx.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.ops.CheckpointException;
import io.halftone.ops.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AssemblyTest {
    private static final DType TYPE = DType.BFLOAT16;
    private static final float[] SCALES = {0.01f};

    @TempDir
    Path folder;

    private final TestJob parameters = new TestJob(TYPE, (o, in) -> null).random("a", 130, 67).random("b", 333).random("c", 3, 5000).random("d", 2500, 1);

    /** Tensors of each kind, most of no round size, one below a page and some above the smallest slab. */
    private List<Content> contents() {
        Recoding same = new ToType(TYPE, TYPE, TYPE), wide = new ToType(TYPE, TYPE, DType.FLOAT32), codes = new ToCodes(TYPE, TYPE, DType.INT8, SCALES, 1);
        return List.of(new Straight(parameters, "a", same, 130 * 67), new Turned(parameters, "a", same, 130, 67, 0, 67),
            new Turned(parameters, "a", wide, 130, 67, 3, 60), new Content.Given(new byte[] {1, 2, 3}), new Straight(parameters, "b", codes, 333),
            new Turned(parameters, "c", codes, 3, 5000, 0, 5000), new Turned(parameters, "c", same, 3, 5000, 4000, 5000),
            new Turned(parameters, "d", wide, 2500, 1, 0, 1), new Straight(parameters, "c", wide, 15_000));
    }

    private String write(Path file, int slab, int threads, List<Content> contents) throws IOException {
        try (ExternalData data = new ExternalData(file, new Assembly.Bounds(slab, threads))) {
            contents.forEach(data::append);
            return data.write();
        }
    }

    /** Threads of an export that go on: one that has done its last work is given a moment to end. */
    private static long threads() throws InterruptedException {
        long going = 0;
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().endsWith(Thread.currentThread().getName() + "-export")) {
                thread.join(5_000);
                going += thread.isAlive() ? 1 : 0;
            }
        }
        return going;
    }

    @Test
    void theBytesDependOnNeitherSlabsNorThreads() throws IOException, NoSuchAlgorithmException, InterruptedException {
        byte[] expected = new byte[0];
        for (Content content : contents()) {
            int at = (expected.length + 4095) / 4096 * 4096;
            byte[] bytes = Content.bytes(content);
            expected = Arrays.copyOf(expected, at + bytes.length);
            System.arraycopy(bytes, 0, expected, at, bytes.length);
        }
        String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(expected));
        for (int slab : new int[] {1, 10_000, 17_001, 1 << 16, 1 << 20}) {
            for (int threads : new int[] {1, 3}) {
                Path file = folder.resolve(slab + "-" + threads);
                assertEquals(digest, write(file, slab, threads, contents()), slab + " bytes, " + threads + " threads");
                assertArrayEquals(expected, Files.readAllBytes(file));
            }
        }
        assertEquals(0, threads());
    }

    @Test
    void aTransposedWeightIsThatOfItsColumns() {
        int rows = 130, columns = 67;
        short[] values = new short[rows * columns];
        parameters.tensors.get("a").bytes().asShortBuffer().get(values);
        byte[] turned = Content.bytes(new Turned(parameters, "a", new ToType(TYPE, TYPE, TYPE), rows, columns, 5, 50));
        ShortBuffer found = ByteBuffer.wrap(turned).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
        assertEquals(45 * rows, found.limit());
        for (int column = 5; column < 50; column++) {
            for (int row = 0; row < rows; row++) {
                assertEquals(values[row * columns + column], found.get((column - 5) * rows + row), row + ", " + column);
            }
        }
    }

    @Test
    void aFileOfNothingHasTheDigestOfNothing() throws IOException {
        String nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assertEquals(nothing, write(folder.resolve("empty"), 1 << 20, 2, List.of()));
    }

    /** Zeros: opening it runs something, and every 64th byte is a piece that runs something else. */
    private record Zeros(long length, Runnable opening, IntConsumer making) implements Content {
        @Override
        public int grain() {
            return 1;
        }

        @Override
        public boolean isKeptTogether() {
            return false;
        }

        @Override
        public Making open() {
            opening.run();
            return (from, to, target, at) -> IntStream.range((int) from, (int) to).filter(i -> i % 64 == 0)
                .<Piece>mapToObj(i -> scratch -> making.accept(i)).toList();
        }
    }

    @Test
    void theFirstFailureIsToldWhateverComesFirst() throws InterruptedException {
        IntConsumer failing = i -> {
            if (Set.of(320, 704, 4736, 5952).contains(i)) {
                throw new CheckpointException("piece " + i);
            }
        };
        for (int i = 0; i < 5; i++) {
            Path file = folder.resolve("failing" + i);
            var e = assertThrows(CheckpointException.class, () -> write(file, 4096, 3, List.of(new Zeros(6000, () -> { }, failing))));
            assertEquals("piece 320", e.getMessage());
        }
        assertEquals(0, threads());
    }

    @Test
    void aFailureOfThePlanningThreadLeavesNoThread() throws InterruptedException {
        var cancelled = new CancellationException("cancelled");
        Content last = new Zeros(1, () -> {
            throw cancelled;
        }, i -> { });
        List<Content> all = new ArrayList<>(contents());
        all.add(last);
        assertSame(cancelled, assertThrows(CancellationException.class, () -> write(folder.resolve("stopped"), 10_000, 2, all)));
        assertEquals(0, threads());
    }

    @Test
    void anInterruptEndsIt() throws InterruptedException {
        try {
            Thread.currentThread().interrupt();
            assertThrows(ClosedByInterruptException.class, () -> write(folder.resolve("interrupted"), 10_000, 2, contents()));
            assertTrue(Thread.interrupted());
        } finally {
            Thread.interrupted();
        }
        assertEquals(0, threads());
    }

    @Test
    void noMoreThanThreeSlabsAreBegunBeforeTheFirstIsWritten() throws IOException {
        Path file = folder.resolve("bounded");
        AtomicInteger opened = new AtomicInteger();
        List<Long> ahead = new ArrayList<>();
        Runnable opening = () -> ahead.add(opened.getAndIncrement() - file.toFile().length() / 4096);
        write(file, 4096, 2, Collections.nCopies(100, new Zeros(4096, opening, i -> { })));
        assertEquals(100, opened.get());
        // a tensor is opened before its slab is begun
        assertTrue(Collections.max(ahead) <= 3, () -> "begun before they were written: " + ahead);
    }
}
