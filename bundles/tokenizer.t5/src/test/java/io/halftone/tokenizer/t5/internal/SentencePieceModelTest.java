package io.halftone.tokenizer.t5.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.CodedOutputStream;
import io.halftone.ops.CheckpointException;
import io.halftone.pipeline.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SentencePieceModelTest {
    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;

    @TempDir
    Path folder;

    /** Writes the fields of a message. */
    private interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    private static byte[] message(Fields fields) throws IOException {
        var bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        fields.write(out);
        out.flush();
        return bytes.toByteArray();
    }

    private static void piece(CodedOutputStream out, String text, float score, int kind) throws IOException {
        out.writeByteArray(1, message(piece -> {
            piece.writeString(1, text);
            piece.writeFloat(2, score);
            if (kind > 0) {
                piece.writeEnum(3, kind);
            }
        }));
    }

    /** Pad, end, unknown and three pieces; then what a test adds. */
    private void write(Fields more) throws IOException {
        Files.write(folder.resolve("spiece.model"), message(out -> {
            piece(out, "<pad>", 0, CONTROL);
            piece(out, "</s>", 0, CONTROL);
            piece(out, "<unk>", 0, UNKNOWN);
            piece(out, "\u2581a", -1, 0);
            piece(out, "b", -2, 0);
            piece(out, "\u2581", -3, 0);
            more.write(out);
        }));
    }

    private Tokenizer load() throws IOException {
        return new T5TokenizerLoader().load(folder);
    }

    private void assertRefused(String message) {
        assertEquals(folder.resolve("spiece.model") + ": " + message, assertThrows(CheckpointException.class, this::load).getMessage());
    }

    private static Fields trainer(Fields fields) {
        return out -> out.writeByteArray(2, message(fields));
    }

    private static Fields normalizer(Fields fields) {
        return out -> out.writeByteArray(3, message(fields));
    }

    @Test
    void readsAModelWithoutCharacterMap() throws IOException {
        write(trainer(out -> out.writeInt32(40, 2)));
        assertArrayEquals(new long[] {3, 4, 5, 2, 1, 0}, load().encode("ab  c ", 6));
    }

    @Test
    void takesTheFirstPieceForUnknownWhereNoneIsSaid() throws IOException {
        write(out -> {});
        assertArrayEquals(new long[] {5, 0, 1}, load().encode("c", 3));
    }

    @Test
    void takesOneHundredExtraTokensWhereNoneAreSaid() throws IOException {
        write(trainer(out -> out.writeInt32(40, 2)));
        assertArrayEquals(new long[] {105, 6, 1}, load().encode("<extra_id_0><extra_id_99>", 3));
    }

    @Test
    void takesAsManyExtraTokensAsTheFolderSays() throws IOException {
        write(trainer(out -> out.writeInt32(40, 2)));
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"extra_ids\": 2}");
        assertArrayEquals(new long[] {6, 7, 1}, load().encode("<extra_id_1><extra_id_0>", 3));
    }

    @Test
    void passesFieldsThatItDoesNotKnow() throws IOException {
        write(out -> {
            trainer(fields -> {
                fields.writeString(1, "corpus.txt");
                fields.writeInt32(40, 2);
            }).write(out);
            out.writeString(99, "new");
        });
        assertArrayEquals(new long[] {3, 1}, load().encode("a", 2));
    }

    @Test
    void refusesAFileThatIsCut() throws IOException {
        byte[] whole = Files.readAllBytes(T5TokenizerTest.RESOURCES.resolve("pieces/spiece.model"));
        Files.write(folder.resolve("spiece.model"), java.util.Arrays.copyOf(whole, whole.length / 2));
        assertRefused("found bytes that are no message; expected a sentencepiece model");
    }

    @Test
    void refusesAnEmptyFile() throws IOException {
        Files.write(folder.resolve("spiece.model"), new byte[0]);
        assertRefused("found no pieces; expected a sentencepiece model");
    }

    @Test
    void refusesAnotherModelThanUnigram() throws IOException {
        write(trainer(out -> out.writeEnum(3, 2)));
        assertRefused("trainer_spec.model_type: found 2; expected 1");
    }

    @ParameterizedTest
    @CsvSource({"24, treat_whitespace_as_suffix", "35, byte_fallback"})
    void refusesWhatTheConversionDoesNotExpress(int field, String name) throws IOException {
        write(trainer(out -> out.writeBool(field, true)));
        assertRefused("trainer_spec." + name + ": found true; expected false");
    }

    @ParameterizedTest
    @CsvSource({"3, add_dummy_prefix", "4, remove_extra_whitespaces", "5, escape_whitespaces"})
    void refusesToLeaveSpacesAsTheyAre(int field, String name) throws IOException {
        write(normalizer(out -> out.writeBool(field, false)));
        assertRefused("normalizer_spec." + name + ": found false; expected true");
    }

    @Test
    void refusesADamagedCharacterMap() throws IOException {
        write(normalizer(out -> out.writeByteArray(2, new byte[] {1})));
        assertRefused("precompiled_charsmap: found a trie of 0 of 1 bytes; expected a multiple of 1024 inside of them");
    }

    @Test
    void refusesAnUnknownPieceBeyondTheLast() throws IOException {
        write(trainer(out -> out.writeInt32(40, 106)));
        assertRefused("model.unk_id: found 106; expected an id from 0 to 105");
    }
}
