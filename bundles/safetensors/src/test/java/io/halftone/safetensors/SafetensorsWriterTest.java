package io.halftone.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.halftone.ops.DType;
import io.halftone.ops.Parameters;
import io.halftone.ops.TensorView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SafetensorsWriterTest {
    private static final Parameters.Info THREE = Samples.info(DType.FLOAT32, 3);
    private static final TensorView VALUES = TensorView.ofFloats(new float[] {1, 2, 3}, 3);

    @TempDir
    Path folder;

    private Path target;

    @BeforeEach
    void nameTarget() {
        target = folder.resolve("x.safetensors");
    }

    @ParameterizedTest
    @EnumSource
    void writesWhatIsReadBack(DType dtype) throws IOException {
        TensorView tensor = Samples.counting(Samples.info(dtype, 3, 5), 7);
        try (var writer = SafetensorsWriter.create(target, Map.of("t", Samples.info(dtype, 3, 5)), Map.of("k", "v"))) {
            writer.write("t", tensor);
            writer.commit();
        }
        try (var file = SafetensorsFile.open(target)) {
            assertEquals(Samples.info(dtype, 3, 5), file.info("t"));
            assertEquals(tensor.bytes(), file.read("t").bytes());
            assertEquals(Map.of("k", "v"), file.metadata());
        }
    }

    @Test
    void writesTheBytesOfTheReference() throws IOException {
        Map<String, Integer> seeds = new LinkedHashMap<>();
        List.of("b.weight", "a.weight", "half", "bytes", "scalar", "empty", "n\u00e4me \"q\"")
            .forEach(name -> seeds.put(name, seeds.size() + 1));
        Map<String, Parameters.Info> tensors = Map.of("b.weight", Samples.info(DType.FLOAT32, 2, 2), "a.weight", THREE,
            "half", Samples.info(DType.FLOAT16, 3), "bytes", Samples.info(DType.UINT8, 5), "scalar", Samples.info(DType.INT64),
            "empty", Samples.info(DType.FLOAT32, 0, 4), "n\u00e4me \"q\"", Samples.info(DType.FLOAT16, 1));
        try (var writer = SafetensorsWriter.create(target, tensors, Map.of("format", "pt"))) {
            for (var seed : seeds.entrySet()) {
                writer.write(seed.getKey(), Samples.counting(tensors.get(seed.getKey()), seed.getValue()));
            }
            writer.commit();
        }
        assertArrayEquals(Samples.golden("layout.safetensors"), Files.readAllBytes(target));
    }

    @Test
    void writesTheSameBytesInWhateverOrderThingsCome() throws IOException {
        byte[] forth = write(List.of("a", "b", "c"), List.of("k", "l", "m"));
        byte[] back = write(List.of("c", "b", "a"), List.of("m", "l", "k"));
        assertArrayEquals(forth, back);
    }

    @Test
    void beginsDataAtAMultipleOfEight() throws IOException {
        for (String name : List.of("a", "ab", "abc", "abcd", "abcde", "abcdef", "abcdefg", "abcdefgh")) {
            Samples.floats(target, Map.of(name, 1f), Map.of());
            assertEquals(4, Files.size(target) % 8, name);
        }
    }

    @Test
    void writesNoMetadataWhereThereIsNone() throws IOException {
        Samples.floats(target, Map.of("a", 1f), Map.of());
        assertFalse(Files.readString(target, StandardCharsets.ISO_8859_1).contains("__metadata__"));
    }

    @Test
    void writesFileWithoutTensors() throws IOException {
        Samples.floats(target, Map.of(), Map.of("k", "v"));
        try (var file = SafetensorsFile.open(target)) {
            assertEquals(Map.of("k", "v"), file.metadata());
        }
    }

    @Test
    void copiesTensorFromAnotherFile() throws IOException {
        Path source = folder.resolve("source.safetensors");
        Samples.floats(source, Map.of("a", 7f), Map.of());
        try (var file = SafetensorsFile.open(source);
             var writer = SafetensorsWriter.create(target, Map.of("b", file.info("a")), Map.of())) {
            writer.write("b", out -> file.transfer("a", out));
            writer.commit();
        }
        try (var file = SafetensorsFile.open(target)) {
            assertArrayEquals(new float[] {7}, file.read("b").toFloats());
        }
    }

    @Test
    void listsTensorsByElementSizeThenName() throws IOException {
        Map<String, Parameters.Info> tensors = Map.of("a", Samples.info(DType.INT8, 1), "d", THREE, "c", THREE,
            "b", Samples.info(DType.FLOAT16, 1));
        try (var writer = SafetensorsWriter.create(target, tensors, Map.of())) {
            assertEquals(List.of("c", "d", "b", "a"), writer.names());
        }
    }

    @Test
    void showsNothingUntilCommit() throws IOException {
        try (var writer = SafetensorsWriter.create(target, Map.of("a", THREE), Map.of())) {
            writer.write("a", VALUES);
            assertFalse(Files.exists(target));
            writer.commit();
            assertEquals(List.of(target), files());
        }
    }

    @Test
    void leavesNothingWhenClosedWithoutCommit() throws IOException {
        try (var writer = SafetensorsWriter.create(target, Map.of("a", THREE), Map.of())) {
            writer.write("a", VALUES);
        }
        assertEquals(List.of(), files());
    }

    @Test
    void leavesNothingWhenASourceFailsMidway() throws IOException {
        var e = assertThrows(IOException.class, () -> {
            try (var writer = SafetensorsWriter.create(target, Map.of("a", THREE, "b", THREE), Map.of())) {
                writer.write("a", VALUES);
                writer.write("b", out -> {
                    out.write(ByteBuffer.allocate(5));
                    throw new IOException("disk is gone");
                });
                writer.commit();
            }
        });
        assertEquals("disk is gone", e.getMessage());
        assertEquals(List.of(), files());
    }

    @Test
    void keepsTheOldFileWhenTheNewOneFails() throws IOException {
        Samples.floats(target, Map.of("old", 1f), Map.of());
        byte[] before = Files.readAllBytes(target);
        try (var writer = SafetensorsWriter.create(target, Map.of("a", THREE), Map.of())) {
            assertThrows(IllegalStateException.class, writer::commit);
        }
        assertArrayEquals(before, Files.readAllBytes(target));
        assertEquals(List.of(target), files());
    }

    @Test
    void replacesTheOldFile() throws IOException {
        Samples.floats(target, Map.of("old", 1f), Map.of());
        Samples.floats(target, Map.of("new", 1f), Map.of());
        try (var file = SafetensorsFile.open(target)) {
            assertTrue(file.names().contains("new"));
        }
    }

    @Test
    void writesTensorAnewAfterItsSourceFailed() throws IOException {
        try (var writer = SafetensorsWriter.create(target, Map.of("a", THREE), Map.of())) {
            assertThrows(IOException.class, () -> writer.write("a", out -> out.write(ByteBuffer.allocate(5))));
            writer.write("a", VALUES);
            writer.commit();
        }
        try (var file = SafetensorsFile.open(target)) {
            assertArrayEquals(new float[] {1, 2, 3}, file.read("a").toFloats());
        }
    }

    @Test
    void refusesSourceThatWritesTooLittle() throws IOException {
        try (var writer = SafetensorsWriter.create(target, Map.of("a", THREE), Map.of())) {
            var e = assertThrows(IOException.class, () -> writer.write("a", out -> out.write(ByteBuffer.allocate(8))));
            assertEquals(target + ": a: found 8 bytes; expected 12", e.getMessage());
        }
    }

    @Test
    void refusesSourceThatWritesTooMuch() throws IOException {
        try (var writer = SafetensorsWriter.create(target, Map.of("a", THREE), Map.of())) {
            var e = assertThrows(IOException.class, () -> writer.write("a", out -> {
                out.write(ByteBuffer.allocate(8));
                out.write(ByteBuffer.allocate(5));
            }));
            assertEquals(target + ": a: found more than 12 bytes; expected just as many", e.getMessage());
        }
    }

    @Test
    void refusesTensorOfAnotherTypeOrShape() throws IOException {
        try (var writer = SafetensorsWriter.create(target, Map.of("a", Samples.info(DType.FLOAT16, 6)), Map.of())) {
            var e = assertThrows(IllegalArgumentException.class, () -> writer.write("a", VALUES));
            assertEquals(target + ": a: found [3] FLOAT32; expected [6] FLOAT16", e.getMessage());
        }
    }

    @Test
    void refusesTensorNotAnnounced() throws IOException {
        try (var writer = SafetensorsWriter.create(target, Map.of("a", THREE), Map.of())) {
            var e = assertThrows(IllegalArgumentException.class, () -> writer.write("b", VALUES));
            assertEquals(target + ": b: found a tensor not announced; expected one of 1", e.getMessage());
        }
    }

    @Test
    void refusesTensorWrittenTwice() throws IOException {
        try (var writer = SafetensorsWriter.create(target, Map.of("a", THREE), Map.of())) {
            writer.write("a", VALUES);
            var e = assertThrows(IllegalStateException.class, () -> writer.write("a", VALUES));
            assertEquals(target + ": a: found it written before; expected it once", e.getMessage());
        }
    }

    @Test
    void refusesCommitWhileTensorsAreMissing() throws IOException {
        try (var writer = SafetensorsWriter.create(target, Map.of("a", THREE, "b", THREE, "c", THREE), Map.of())) {
            writer.write("b", VALUES);
            var e = assertThrows(IllegalStateException.class, writer::commit);
            assertEquals(target + ": found no data for [a, c]; expected every tensor written", e.getMessage());
        }
    }

    @Test
    void refusesToWriteAfterCommit() throws IOException {
        try (var writer = SafetensorsWriter.create(target, Map.of(), Map.of())) {
            writer.commit();
            var e = assertThrows(IllegalStateException.class, writer::commit);
            assertEquals(target + ": found a closed writer; expected an open one", e.getMessage());
        }
    }

    @Test
    void refusesTensorNamedAsTheMetadata() {
        var e = assertThrows(IllegalArgumentException.class,
            () -> SafetensorsWriter.create(target, Map.of("__metadata__", THREE), Map.of()));
        assertEquals(target + ": found a tensor named __metadata__; expected another name", e.getMessage());
    }

    @Test
    void aFolderThatIsMissingIsMadeForAWholeFileAlone() throws IOException {
        Path inside = folder.resolve("none").resolve("x.safetensors");
        SafetensorsWriter.create(inside, Map.of(), Map.of()).close();
        assertTrue(Files.notExists(inside.getParent()));
        try (SafetensorsWriter writer = SafetensorsWriter.create(inside, Map.of(), Map.of())) {
            writer.commit();
        }
        assertTrue(Files.isRegularFile(inside));
    }

    @Test
    void refusesTargetThatIsAFolder() {
        var e = assertThrows(IOException.class, () -> SafetensorsWriter.create(folder, Map.of(), Map.of()));
        assertEquals(folder + ": found a folder; expected the path of a file", e.getMessage());
    }

    @Test
    void refusesFolderThatCannotBeWritten() throws IOException {
        assertTrue(folder.toFile().setWritable(false));
        assumeFalse(Files.isWritable(folder), "this user may write everywhere, as root does");
        var e = assertThrows(IOException.class, () -> SafetensorsWriter.create(target, Map.of(), Map.of()));
        assertEquals(target + ": found no permission; expected a writable folder", e.getMessage());
    }

    private byte[] write(List<String> names, List<String> keys) throws IOException {
        Map<String, Parameters.Info> tensors = new LinkedHashMap<>();
        names.forEach(name -> tensors.put(name, Samples.info(DType.INT16, name.charAt(0))));
        Map<String, String> metadata = new LinkedHashMap<>();
        keys.forEach(key -> metadata.put(key, key + key));
        try (var writer = SafetensorsWriter.create(target, tensors, metadata)) {
            for (String name : names) {
                writer.write(name, Samples.counting(tensors.get(name), name.charAt(0)));
            }
            writer.commit();
        }
        return Files.readAllBytes(target);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
