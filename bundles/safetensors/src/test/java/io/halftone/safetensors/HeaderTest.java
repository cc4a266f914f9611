package io.halftone.safetensors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.ops.CheckpointException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every way in which a header can lie, and the message that says so. */
class HeaderTest {
    private static final String ADVICE = "expected safetensors (a pickle can run code when it is opened, so none is: convert it to safetensors)";
    private static final String TWO_FLOATS = "{'dtype':'F32','shape':[2],'data_offsets':[0,8]}";

    @TempDir
    Path folder;

    @Test
    void refusesFileShorterThanItsLength() throws IOException {
        Path file = Files.write(folder.resolve("x.safetensors"), new byte[7]);
        assertMessage(file, "found 7 bytes; expected at least 8");
    }

    @Test
    void refusesHeaderPast100Megabytes() throws IOException {
        assertMessage(Samples.file(folder, 100_000_001L, new byte[0], 0), "found a header of 100000001 bytes; expected at most 100000000");
    }

    @Test
    void refusesHeaderLengthThatIsNegativeWhenSigned() throws IOException {
        assertMessage(Samples.file(folder, -1L, new byte[0], 0),
            "found a header of 18446744073709551615 bytes; expected at most 100000000");
    }

    @Test
    void refusesHeaderBeyondTheFile() throws IOException {
        assertMessage(Samples.file(folder, 99_999_999L, new byte[2], 0),
            "found a header of 99999999 bytes; expected at most the 2 that the file has");
    }

    @Test
    void refusesEmptyHeader() throws IOException {
        assertRefused("", 0, "header: found no { at its start; expected a JSON object");
    }

    @Test
    void refusesHeaderThatIsNoObject() throws IOException {
        assertRefused("[]", 0, "header: found no { at its start; expected a JSON object");
    }

    @Test
    void refusesWhiteSpaceBeforeTheObject() throws IOException {
        assertRefused(" {}", 0, "header: found no { at its start; expected a JSON object");
    }

    @Test
    void acceptsWhiteSpaceAfterTheObject() throws IOException {
        try (var file = SafetensorsFile.open(Samples.file(folder, "{}      ", 0))) {
            assertEquals(0, file.names().size());
        }
    }

    @Test
    void refusesSecondValueAfterTheObject() throws IOException {
        assertRefused("{}{}", 0, "header: found an object after the object; expected its end");
    }

    @Test
    void refusesHeaderThatEndsEarly() throws IOException {
        CheckpointException e = refused(Samples.file(folder, "{\"a\":", 0));
        assertTrue(e.getMessage().contains(": header: found malformed JSON (Unexpected end-of-input"), e.getMessage());
    }

    @Test
    void refusesHeaderThatIsNotUtf8() throws IOException {
        byte[] header = {'{', '"', (byte) 0xC3, '"', ':', '1', '}'};
        assertMessage(Samples.file(folder, header.length, header, 0), "header: found bytes that are not UTF-8; expected UTF-8");
    }

    @Test
    void refusesTensorNamedTwice() throws IOException {
        assertRefused("{'a':" + TWO_FLOATS + ",'a':" + TWO_FLOATS + "}", 8, "a: found twice; expected once");
    }

    @Test
    void refusesTensorNamedTwiceByAnEscape() throws IOException {
        assertRefused("{'a':" + TWO_FLOATS + ",'\\u0061':" + TWO_FLOATS + "}", 8, "a: found twice; expected once");
    }

    @Test
    void refusesKeyOfTensorGivenTwice() throws IOException {
        assertRefused("{'a':{'dtype':'F32','dtype':'F32','shape':[2],'data_offsets':[0,8]}}", 8,
            "a: dtype: found twice; expected once");
    }

    @Test
    void refusesMetadataGivenTwice() throws IOException {
        assertRefused("{'__metadata__':{},'__metadata__':{}}", 0, "__metadata__: found twice; expected once");
    }

    @Test
    void refusesKeyOfMetadataGivenTwice() throws IOException {
        assertRefused("{'__metadata__':{'k':'1','k':'2'}}", 0, "__metadata__: k: found twice; expected once");
    }

    @Test
    void refusesMetadataThatIsNoObject() throws IOException {
        assertRefused("{'__metadata__':null}", 0, "__metadata__: found null; expected an object");
    }

    @Test
    void refusesMetadataThatIsNotText() throws IOException {
        assertRefused("{'__metadata__':{'k':1}}", 0, "__metadata__: k: found an integer; expected text");
    }

    @Test
    void refusesTensorThatIsNoObject() throws IOException {
        assertRefused("{'a':[]}", 0, "a: found an array; expected an object");
    }

    @Test
    void refusesTensorWithoutItsType() throws IOException {
        assertRefused("{'a':{'shape':[2],'data_offsets':[0,8]}}", 8, "a: found no dtype; expected dtype, shape and data_offsets");
    }

    @Test
    void refusesTensorWithoutItsShape() throws IOException {
        assertRefused("{'a':{'dtype':'F32','data_offsets':[0,8]}}", 8, "a: found no shape; expected dtype, shape and data_offsets");
    }

    @Test
    void refusesTensorWithoutItsOffsets() throws IOException {
        assertRefused("{'a':{'dtype':'F32','shape':[2]}}", 8, "a: found no data_offsets; expected dtype, shape and data_offsets");
    }

    @Test
    void refusesKeyThatTheFormatDoesNotHave() throws IOException {
        assertRefused("{'a':{'strides':[1]}}", 8, "a: found key strides; expected dtype, shape and data_offsets");
    }

    @Test
    void refusesUnknownType() throws IOException {
        assertRefused("{'a':{'dtype':'F4','shape':[2],'data_offsets':[0,1]}}", 1, "a: found dtype F4; expected one of "
            + "F32, F16, BF16, F64, I64, I32, I16, I8, U8, BOOL, F8_E4M3, F8_E5M2");
    }

    @Test
    void refusesNegativeExtent() throws IOException {
        assertRefused("{'a':{'dtype':'F32','shape':[-1],'data_offsets':[0,8]}}", 8,
            "a: shape: found -1; expected an integer from 0 to 2^63 - 1");
    }

    @Test
    void refusesFractionalExtent() throws IOException {
        assertRefused("{'a':{'dtype':'F32','shape':[2.0],'data_offsets':[0,8]}}", 8, "a: shape: found a fraction; expected an integer");
    }

    @Test
    void refusesExtentPastALong() throws IOException {
        assertRefused("{'a':{'dtype':'F32','shape':[9223372036854775808],'data_offsets':[0,8]}}", 8,
            "a: shape: found 9223372036854775808; expected an integer from 0 to 2^63 - 1");
    }

    @Test
    void refusesShapeWhoseBytesWrapAround() throws IOException {
        assertRefused("{'a':{'dtype':'F32','shape':[4611686018427387904,4],'data_offsets':[0,0]}}", 0,
            "a: found shape [4611686018427387904, 4]; expected less than 2^63 bytes");
    }

    @Test
    void refusesLengthThatIsNotThatOfTheShape() throws IOException {
        assertRefused("{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,8]}}", 8, "a: found 8 bytes; expected 12 for [3] FLOAT32");
    }

    @Test
    void refusesNegativeOffset() throws IOException {
        assertRefused("{'a':{'dtype':'F32','shape':[2],'data_offsets':[-8,0]}}", 8,
            "a: data_offsets: found -8; expected an integer from 0 to 2^63 - 1");
    }

    @Test
    void refusesOffsetsThatEndBeforeTheyBegin() throws IOException {
        assertRefused("{'a':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}}", 8, "a: found data_offsets [8, 0]; expected [begin, end]");
    }

    @Test
    void refusesThreeOffsets() throws IOException {
        assertRefused("{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8,16]}}", 8,
            "a: found data_offsets [0, 8, 16]; expected [begin, end]");
    }

    @Test
    void refusesOverlap() throws IOException {
        assertRefused("{'a':" + TWO_FLOATS + ",'b':{'dtype':'F32','shape':[2],'data_offsets':[4,12]}}", 12,
            "b: found data_offsets [4, 12], an overlap; expected them to begin at 8");
    }

    @Test
    void refusesTwoTensorsInOnePlace() throws IOException {
        assertRefused("{'a':" + TWO_FLOATS + ",'b':" + TWO_FLOATS + "}", 8,
            "b: found data_offsets [0, 8], an overlap; expected them to begin at 8");
    }

    @Test
    void refusesGap() throws IOException {
        assertRefused("{'a':" + TWO_FLOATS + ",'b':{'dtype':'F32','shape':[2],'data_offsets':[12,20]}}", 20,
            "b: found data_offsets [12, 20], a gap; expected them to begin at 8");
    }

    @Test
    void refusesGapBeforeTheFirstTensor() throws IOException {
        assertRefused("{'a':{'dtype':'F32','shape':[2],'data_offsets':[8,16]}}", 16,
            "a: found data_offsets [8, 16], a gap; expected them to begin at 0");
    }

    @Test
    void refusesTruncatedFile() throws IOException {
        assertRefused("{'a':" + TWO_FLOATS + "}", 7,
            "a: found data_offsets [0, 8] in a file with 7 data bytes; expected a file that holds them (is it truncated?)");
    }

    @Test
    void refusesBytesAfterTheLastTensor() throws IOException {
        assertRefused("{'a':" + TWO_FLOATS + "}", 9, "found 1 bytes after the last tensor; expected none");
    }

    @Test
    void refusesDeepNesting() throws IOException {
        CheckpointException e = refused(Samples.file(folder, "{\"__metadata__\":" + "[".repeat(100_000), 0));
        assertTrue(e.getMessage().endsWith("__metadata__: found an array; expected an object"), e.getMessage());
    }

    @Test
    void refusesMissingFile() {
        assertMessage(folder.resolve("none.safetensors"), "found nothing; expected a safetensors file");
    }

    @Test
    void refusesFolder() {
        assertMessage(folder, "found no regular file; expected a safetensors file");
    }

    @Test
    void refusesTensorThatIsMisaligned() throws IOException {
        assertRefused("{'a':{'dtype':'U8','shape':[3],'data_offsets':[0,3]},'b':{'dtype':'F32','shape':[1],'data_offsets':[3,7]}}", 7,
            "b: found data_offsets [3, 7]; expected a begin that is a multiple of 4, the bytes of a FLOAT32");
    }

    @Test
    void opensTensorsThatAreListedInAnyOrder() throws IOException {
        String header = "{'b':{'dtype':'U8','shape':[1],'data_offsets':[8,9]},'a':" + TWO_FLOATS + "}";
        try (var file = SafetensorsFile.open(Samples.file(folder, header.replace('\'', '"'), 9))) {
            assertEquals(2, file.names().size());
        }
    }

    @Test
    void refusesMoreAxesThanATensorHas() throws IOException {
        assertRefused("{'a':{'dtype':'F32','shape':[" + "1,".repeat(64) + "1],'data_offsets':[0,4]}}", 4,
            "a: shape: found more than 64 numbers; expected at most so many");
    }

    @Test
    void refusesNameThatIsTooLong() throws IOException {
        CheckpointException e = refused(Samples.file(folder, "{\"" + "n".repeat(1025) + "\":{}}", 0));
        assertTrue(e.getMessage().contains(": header: found malformed JSON (Name length (1025) exceeds the maximum allowed (1024,"), e.getMessage());
    }

    @Test
    void refusesMoreTensorsThanAFileHas() throws IOException {
        StringBuilder header = new StringBuilder("{");
        for (int i = 0; i <= 200_000; i++) {
            header.append(i == 0 ? "" : ",").append("'").append(i).append("':{'dtype':'U8','shape':[0],'data_offsets':[0,0]}");
        }
        assertRefused(header.append('}').toString(), 0, "found more than 200000 tensors; expected at most so many in one file");
    }

    @Test
    void refusesMoreMetadataThanAFileHas() throws IOException {
        String text = "x".repeat((8 << 20) + 1);
        assertRefused("{'__metadata__':{'a':'" + text + "','b':'" + text + "'}}", 0,
            "__metadata__: found more than 16777216 characters; expected at most so many");
    }

    @Test
    void refusesHeaderOf100MegabytesWithoutReadingItWhole() throws IOException {
        Path file = folder.resolve("x.safetensors");
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            ByteBuffer start = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN).putLong(99_999_000).put((byte) '{').put((byte) 0);
            channel.write(start.flip());
            channel.write(ByteBuffer.allocate(1), 100_000_000);   // sparse: zeros between
        }
        CheckpointException e = refused(file);
        assertTrue(e.getMessage().contains(": header: found malformed JSON (Illegal character ((CTRL-CHAR, code 0))"), e.getMessage());
    }

    @Test
    void refusesPickleByItsContent() throws IOException {
        assertForeign("x.safetensors", new byte[] {(byte) 0x80, 2, (byte) 0x8a, 10, 'l', (byte) 0xfc, (byte) 0x9c, 'F', (byte) 0xf9}, "found a pickle; " + ADVICE);
    }

    @Test
    void refusesZipByItsContent() throws IOException {
        assertForeign("x.safetensors", "PK\3\4\0\0\0\0\10\10".getBytes(StandardCharsets.ISO_8859_1),
            "found a zip archive, as torch.save writes it; " + ADVICE);
    }

    @Test
    void refusesPickleByTheEndingOfItsName() throws IOException {
        for (String ending : List.of(".bin", ".ckpt", ".pkl", ".pt", ".pth")) {
            assertForeign("x" + ending, "cos\nsystem\n(S'id'\ntR.".getBytes(StandardCharsets.US_ASCII),
                "found a " + ending + " file that is not safetensors; " + ADVICE);
        }
    }

    @Test
    void opensSafetensorsWhateverItsName() throws IOException {
        Path file = Files.move(Samples.file(folder, "{}", 0), folder.resolve("x.pt"));
        try (var open = SafetensorsFile.open(file)) {
            assertEquals(0, open.names().size());
        }
    }

    @Test
    void tellsOtherFormats() throws IOException {
        assertForeign("x.safetensors", "GGUF\3\0\0\0\0\0".getBytes(StandardCharsets.US_ASCII), "found GGUF; expected safetensors");
        assertForeign("x.safetensors", new byte[] {(byte) 0x89, 'H', 'D', 'F', 13, 10, 26, 10, 0}, "found HDF5; expected safetensors");
        assertForeign("x.safetensors", "version https://git-lfs.github.com/spec/v1\n".getBytes(StandardCharsets.US_ASCII),
            "found a pointer of Git LFS; expected the file that it stands for: git lfs pull brings it");
        assertForeign("x.safetensors", "<!DOCTYPE html>".getBytes(StandardCharsets.US_ASCII),
            "found a page of HTML or XML; expected safetensors: download the file again");
    }

    private void assertForeign(String name, byte[] content, String message) throws IOException {
        assertMessage(Files.write(folder.resolve(name), content), message);
    }

    @Test
    void opensOrRefusesEveryDamagedFile() throws IOException {
        byte[] sound = Samples.golden("layout.safetensors");
        Random random = new Random(20260101);
        int opened = 0;
        for (int i = 0; i < 3000; i++) {
            byte[] bytes = sound.clone();
            for (int damage = random.nextInt(3); damage >= 0; damage--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            Path file = Files.write(folder.resolve("x.safetensors"), bytes);
            try (var read = SafetensorsFile.open(file)) {
                opened++;
                for (String name : read.names()) {
                    assertEquals(read.info(name).byteLength(), read.read(name).bytes().remaining());
                }
            } catch (CheckpointException e) {
                assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
            }
        }
        assertTrue(opened > 0 && opened < 3000, "opened " + opened);
    }

    /** Single quotes stand for double ones. */
    private void assertRefused(String header, int dataBytes, String message) throws IOException {
        assertMessage(Samples.file(folder, header.replace('\'', '"'), dataBytes), message);
    }

    private static void assertMessage(Path file, String message) {
        assertEquals(file + ": " + message, refused(file).getMessage());
    }

    private static CheckpointException refused(Path file) {
        return assertThrows(CheckpointException.class, () -> SafetensorsFile.open(file));
    }
}
