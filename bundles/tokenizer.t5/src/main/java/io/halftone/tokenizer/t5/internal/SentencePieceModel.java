package io.halftone.tokenizer.t5.internal;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.halftone.ops.CheckpointException;
import io.halftone.tokenizer.clip.JsonFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A sentencepiece file: the pieces in the order of their ids, and how texts are normalized. Source: sentencepiece,
 * sentencepiece_model.proto, whose field numbers stand below.
 */
final class SentencePieceModel {
    private static final int UNIGRAM = 1;
    private static final char SPACE = '\u2581';

    private enum Kind { NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE }

    private record Piece(String text, double score, Kind kind) {}

    private final Path path;
    private final List<Piece> pieces = new ArrayList<>();
    private int modelType = UNIGRAM;
    private int unknownId;
    private boolean byteFallback;
    private boolean spaceBehind;
    private boolean spaceBefore = true;
    private boolean spacesJoined = true;
    private boolean spacesEscaped = true;
    private ByteString characterMap = ByteString.EMPTY;

    private SentencePieceModel(Path path) {
        this.path = path;
    }

    /** Reads a file. */
    static SentencePieceModel read(Path path) throws IOException {
        SentencePieceModel model = new SentencePieceModel(path);
        byte[] bytes = JsonFile.bytes(path);
        try {
            model.readModel(CodedInputStream.newInstance(bytes));
        } catch (InvalidProtocolBufferException e) {
            throw new CheckpointException(path + ": found bytes that are no message; expected a sentencepiece model", e);
        }
        if (model.pieces.isEmpty()) {
            throw new CheckpointException(path + ": found no pieces; expected a sentencepiece model");
        }
        model.expect("trainer_spec.model_type", model.modelType, UNIGRAM);
        model.expect("trainer_spec.byte_fallback", model.byteFallback, false);
        model.expect("trainer_spec.treat_whitespace_as_suffix", model.spaceBehind, false);
        model.expect("normalizer_spec.add_dummy_prefix", model.spaceBefore, true);
        model.expect("normalizer_spec.remove_extra_whitespaces", model.spacesJoined, true);
        model.expect("normalizer_spec.escape_whitespaces", model.spacesEscaped, true);
        return model;
    }

    private void expect(String where, Object found, Object expected) {
        if (!found.equals(expected)) {
            throw new CheckpointException(path + ": " + where + ": found " + found + "; expected " + expected);
        }
    }

    private void readModel(CodedInputStream in) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 1 -> pieces.add(piece(in.readBytes().newCodedInput()));
                case 2 -> readTrainer(in.readBytes().newCodedInput());
                case 3 -> readNormalizer(in.readBytes().newCodedInput());
                default -> in.skipField(tag);
            }
        }
    }

    private static Piece piece(CodedInputStream in) throws IOException {
        String text = "";
        double score = 0;
        int kind = 1;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 1 -> text = in.readStringRequireUtf8();
                case 2 -> score = in.readFloat();
                case 3 -> kind = in.readEnum();
                default -> in.skipField(tag);
            }
        }
        return new Piece(text, score, kind < 1 || kind > Kind.values().length ? Kind.UNUSED : Kind.values()[kind - 1]);
    }

    private void readTrainer(CodedInputStream in) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 3 -> modelType = in.readEnum();
                case 24 -> spaceBehind = in.readBool();
                case 35 -> byteFallback = in.readBool();
                case 40 -> unknownId = in.readInt32();
                default -> in.skipField(tag);
            }
        }
    }

    private void readNormalizer(CodedInputStream in) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 2 -> characterMap = in.readBytes();
                case 3 -> spaceBefore = in.readBool();
                case 4 -> spacesJoined = in.readBool();
                case 5 -> spacesEscaped = in.readBool();
                default -> in.skipField(tag);
            }
        }
    }

    /**
     * The same tokenizer as a tokenizer.json. Source: transformers, convert_slow_tokenizer.py, T5Converter.
     *
     * @param extraIds tokens behind the pieces, the one with the largest number first
     */
    Definition definition(int extraIds) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        ObjectNode root = json.objectNode().put("version", "1.0");
        ArrayNode added = root.putArray("added_tokens");
        root.set("normalizer", normalizer(json));
        root.putObject("pre_tokenizer").put("type", "Metaspace").put("replacement", String.valueOf(SPACE))
            .put("prepend_scheme", "always").put("split", true);
        ObjectNode model = root.putObject("model").put("type", "Unigram").put("unk_id", unknownId).put("byte_fallback", false);
        ArrayNode vocabulary = model.putArray("vocab");
        for (Piece piece : pieces) {
            if (piece.kind() == Kind.CONTROL || piece.kind() == Kind.UNKNOWN || piece.kind() == Kind.USER_DEFINED) {
                added.add(token(vocabulary.size(), piece.text(), piece.kind() != Kind.USER_DEFINED));
            }
            vocabulary.addArray().add(piece.text()).add(piece.score());
        }
        for (int i = extraIds - 1; i >= 0; i--) {
            String text = "<extra_id_" + i + ">";
            added.add(token(vocabulary.size(), text, true));
            vocabulary.addArray().add(text).add(0.0);
        }
        return Definition.of(new JsonFile(path, root));
    }

    private ObjectNode normalizer(JsonNodeFactory json) {
        ObjectNode sequence = json.objectNode().put("type", "Sequence");
        ArrayNode normalizers = sequence.putArray("normalizers");
        if (!characterMap.isEmpty()) {
            normalizers.addObject().put("type", "Precompiled").put("precompiled_charsmap", characterMap.toByteArray());
        }
        normalizers.addObject().put("type", "Strip").put("strip_left", false).put("strip_right", true);
        normalizers.addObject().put("type", "Replace").put("content", String.valueOf(SPACE)).putObject("pattern").put("Regex", " {2,}");
        return sequence;
    }

    private static ObjectNode token(int id, String content, boolean special) {
        return JsonNodeFactory.instance.objectNode().put("id", id).put("content", content).put("single_word", false)
            .put("lstrip", false).put("rstrip", false).put("normalized", false).put("special", special);
    }
}
