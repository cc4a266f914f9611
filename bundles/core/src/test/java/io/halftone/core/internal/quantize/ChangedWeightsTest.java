package io.halftone.core.internal.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.core.internal.MemoryParameters;
import io.halftone.ops.CheckpointException;
import io.halftone.ops.DType;
import io.halftone.ops.Parameters;
import io.halftone.ops.TensorView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChangedWeightsTest {
    private final Set<Path> before = temporaryFiles();
    private final ChangedWeights weights = new ChangedWeights(new MemoryParameters(Map.of(
        "a", TensorView.ofFloats(new float[] {1, 2, 3, 4}, 2, 2), "b", TensorView.ofFloats(new float[] {5}, 1),
        "c", TensorView.ofFloats(new float[0], 0))));

    ChangedWeightsTest() throws IOException {
    }

    @AfterEach
    void close() throws IOException {
        weights.close();
    }

    @Test
    void givesTheCheckpointsTensorsUntilTheyAreChanged() {
        assertArrayEquals(new float[] {1, 2, 3, 4}, weights.read("a").toFloats());
        weights.put("a", floats(10, 20, 30, 40));
        assertArrayEquals(new float[] {10, 20, 30, 40}, weights.read("a").toFloats());
        assertArrayEquals(new float[] {5}, weights.read("b").toFloats());
        assertEquals(List.of("a", "b", "c"), List.copyOf(weights.names()));
    }

    @Test
    void aChangeInPlaceLeavesTheOthersAsTheyAre() {
        weights.put("a", floats(10, 20, 30, 40));
        weights.put("b", TensorView.ofFloats(new float[] {50}, 1));
        weights.put("a", floats(11, 21, 31, 41));
        assertArrayEquals(new float[] {11, 21, 31, 41}, weights.read("a").toFloats());
        assertArrayEquals(new float[] {50}, weights.read("b").toFloats());
    }

    @Test
    void aChangeMayHaveAnotherType() {
        weights.put("a", halves(0x3c00, 0x4000, 0x4200, 0x4400));
        weights.put("b", TensorView.ofFloats(new float[] {50}, 1));
        assertEquals(new Parameters.Info(DType.FLOAT16, new long[] {2, 2}), weights.info("a"));
        assertArrayEquals(new float[] {1, 2, 3, 4}, weights.read("a").toFloats());
        weights.put("a", floats(10, 20, 30, 40));
        assertEquals(new Parameters.Info(DType.FLOAT32, new long[] {2, 2}), weights.info("a"));
        assertArrayEquals(new float[] {10, 20, 30, 40}, weights.read("a").toFloats());
        assertArrayEquals(new float[] {50}, weights.read("b").toFloats(), "the larger tensor does not run into its neighbour");
    }

    @Test
    void whatIsReadIsACopy() {
        weights.put("a", floats(1, 2, 3, 4));
        weights.read("a").bytes().putInt(0, -1);
        assertArrayEquals(new float[] {1, 2, 3, 4}, weights.read("a").toFloats());
    }

    @Test
    void aWindowReadsPartsOfWhatIsChangedAndOfWhatIsNot() {
        weights.put("b", TensorView.ofFloats(new float[] {50}, 1));
        weights.put("a", floats(10, 20, 30, 40));
        for (String name : List.of("a", "b", "c")) {
            ByteBuffer whole = weights.read(name).bytes();
            ByteBuffer part = ByteBuffer.allocate(whole.limit() / 2);
            weights.window(name).read(whole.limit() / 4, part);
            assertEquals(whole.slice(whole.limit() / 4, whole.limit() / 2), part.flip(), name);
        }
        for (String name : List.of("a", "c")) {
            int length = (int) weights.info(name).byteLength();
            var e = assertThrows(IllegalArgumentException.class, () -> weights.window(name).read(4, ByteBuffer.allocate(length)));
            assertEquals(name + ": found a window of " + length + " bytes at 4; expected one within " + length + " bytes", e.getMessage());
        }
    }

    @Test
    void anEmptyTensorIsATensor() {
        weights.put("c", TensorView.ofFloats(new float[0], 0));
        assertArrayEquals(new float[0], weights.read("c").toFloats());
    }

    @Test
    void refusesAnotherShapeOrAnUnknownName() {
        assertEquals("a: found a changed weight [4] FLOAT32; expected the shape of [2, 2] FLOAT32",
            assertThrows(CheckpointException.class, () -> weights.put("a", TensorView.ofFloats(new float[4], 4))).getMessage());
        assertEquals("d: found none; expected one of [a, b, c]",
            assertThrows(CheckpointException.class, () -> weights.put("d", floats(1, 2, 3, 4))).getMessage());
    }

    @Test
    void addsWhatTheCheckpointHasNot() {
        weights.add("d", floats(1, 2, 3, 4));
        assertEquals(List.of("a", "b", "c", "d"), List.copyOf(weights.names()));
        assertArrayEquals(new float[] {1, 2, 3, 4}, weights.read("d").toFloats());
        assertEquals("a: found a parameter of the checkpoint; expected a new name",
            assertThrows(CheckpointException.class, () -> weights.add("a", floats(1, 2, 3, 4))).getMessage());
    }

    @Test
    void leavesNoFileBehind() throws IOException {
        weights.put("a", floats(1, 2, 3, 4));
        weights.close();
        Set<Path> after = temporaryFiles();
        after.removeAll(before);
        assertEquals(Set.of(), after);
        var e = assertThrows(UncheckedIOException.class, () -> weights.read("a"));
        assertTrue(e.getMessage().startsWith("a: cannot read the changed weight: "), e.getMessage());
    }

    private static Set<Path> temporaryFiles() {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().startsWith("halftone-weights")).collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TensorView floats(float... values) {
        return TensorView.ofFloats(values, 2, 2);
    }

    private static TensorView halves(int... bits) {
        ByteBuffer bytes = ByteBuffer.allocate(8).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        for (int b : bits) {
            bytes.putShort((short) b);
        }
        return TensorView.host(DType.FLOAT16, new long[] {2, 2}, bytes.flip());
    }
}
