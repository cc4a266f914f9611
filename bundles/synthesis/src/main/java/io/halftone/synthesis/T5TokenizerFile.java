package io.halftone.synthesis;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.halftone.model.ModelConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A vocabulary of T5's kind and size: padding, end and unknown, runs of letters at the start of a word and within one, and the
 * tokens that the configuration adds. It splits words otherwise than the published one does, and has its ids.
 *
 * @param pieces ids that there are
 * @param added  tokens that the configuration gives a place, by id
 */
record T5TokenizerFile(int pieces, SortedMap<Integer, String> added) {
    private static final List<String> SPECIAL = List.of("<pad>", "</s>", "<unk>");
    private static final int END = 1;
    private static final int UNKNOWN = 2;
    private static final String SPACE = "\u2581";

    /**
     * A vocabulary for a configuration.
     *
     * @param vocabulary ids that the text encoder has
     */
    static T5TokenizerFile of(ModelConfig tokenizer, int vocabulary) {
        SortedMap<Integer, String> added = new TreeMap<>();
        if (tokenizer.asMap().get("added_tokens_decoder") instanceof Map<?, ?> tokens) {
            tokens.forEach((id, token) -> added.put(Integer.parseInt(id.toString()), ((Map<?, ?>) token).get("content").toString()));
        }
        for (int id = 0; id < SPECIAL.size(); id++) {
            added.put(id, SPECIAL.get(id));
        }
        // the encoder has a few more ids than the tokenizer, for the sake of alignment
        int pieces = added.lastKey() < SPECIAL.size() ? vocabulary : added.lastKey() + 1;
        int least = added.size() + signs().size();
        if (pieces < least || pieces > vocabulary) {
            throw new IllegalArgumentException(tokenizer.source() + ": found " + pieces + " tokens; expected " + least + " to "
                + vocabulary + ", as vocab_size has it");
        }
        return new T5TokenizerFile(pieces, added);
    }

    /** What a text consists of at least. */
    private static List<String> signs() {
        List<String> signs = new ArrayList<>(List.of(SPACE));
        for (char c = '!'; c <= '~'; c++) {
            signs.add(String.valueOf(c));
        }
        return signs;
    }

    /** Writes {@code tokenizer.json}. */
    void write(Path folder) throws IOException {
        try (OutputStream out = Files.newOutputStream(folder.resolve("tokenizer.json"));
             JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("version", "1.0");
            json.writeArrayFieldStart("added_tokens");
            for (var token : added.entrySet()) {
                writeAdded(json, token.getKey(), token.getValue());
            }
            json.writeEndArray();
            json.writeObjectFieldStart("pre_tokenizer");
            json.writeStringField("type", "Metaspace");
            json.writeStringField("replacement", SPACE);
            json.writeStringField("prepend_scheme", "always");
            json.writeBooleanField("split", true);
            json.writeEndObject();
            writeEnd(json);
            writeModel(json);
            json.writeEndObject();
        }
    }

    private static void writeAdded(JsonGenerator json, int id, String content) throws IOException {
        json.writeStartObject();
        json.writeNumberField("id", id);
        json.writeStringField("content", content);
        for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized")) {
            json.writeBooleanField(flag, false);
        }
        json.writeBooleanField("special", true);
        json.writeEndObject();
    }

    /** Behind every text stands the token that ends it. */
    private static void writeEnd(JsonGenerator json) throws IOException {
        String end = SPECIAL.get(END);
        json.writeObjectFieldStart("post_processor");
        json.writeStringField("type", "TemplateProcessing");
        json.writeArrayFieldStart("single");
        writePart(json, "Sequence", "A", 0);
        writePart(json, "SpecialToken", end, 0);
        json.writeEndArray();
        json.writeArrayFieldStart("pair");
        writePart(json, "Sequence", "A", 0);
        writePart(json, "SpecialToken", end, 0);
        writePart(json, "Sequence", "B", 0);
        writePart(json, "SpecialToken", end, 0);
        json.writeEndArray();
        json.writeObjectFieldStart("special_tokens");
        json.writeObjectFieldStart(end);
        json.writeStringField("id", end);
        json.writeFieldName("ids");
        json.writeArray(new int[] {END}, 0, 1);
        json.writeFieldName("tokens");
        json.writeArray(new String[] {end}, 0, 1);
        json.writeEndObject();
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void writePart(JsonGenerator json, String kind, String id, int type) throws IOException {
        json.writeStartObject();
        json.writeObjectFieldStart(kind);
        json.writeStringField("id", id);
        json.writeNumberField("type_id", type);
        json.writeEndObject();
        json.writeEndObject();
    }

    private void writeModel(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("model");
        json.writeStringField("type", "Unigram");
        json.writeNumberField("unk_id", UNKNOWN);
        json.writeBooleanField("byte_fallback", false);
        json.writeArrayFieldStart("vocab");
        var words = words(pieces - added.size()).iterator();
        for (int id = 0; id < pieces; id++) {
            String piece = added.containsKey(id) ? added.get(id) : words.next();
            json.writeStartArray();
            json.writeString(piece);
            json.writeNumber(added.containsKey(id) ? 0 : score(piece));
            json.writeEndArray();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    /** A logarithm of how likely the piece is: the fewer pieces a word has, the better. */
    private static double score(String piece) {
        return -8 - piece.length() / 2.0;
    }

    private static Set<String> words(int count) {
        Set<String> words = new LinkedHashSet<>(signs());
        List<String> runs = Letters.ALL;
        while (true) {
            List<String> longer = new ArrayList<>();
            for (String run : runs) {
                for (String piece : List.of(run, SPACE + run)) {
                    if (words.size() == count) {
                        return words;
                    }
                    words.add(piece);
                }
                Letters.ALL.forEach(letter -> longer.add(run + letter));
            }
            runs = longer;
        }
    }
}
