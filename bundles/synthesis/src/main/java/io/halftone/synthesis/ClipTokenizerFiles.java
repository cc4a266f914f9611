package io.halftone.synthesis;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A vocabulary of CLIP's kind and size: bytes, bytes that end a word, runs of letters with the merges that make them, and the two
 * tokens around a text at its end. It splits words otherwise than the published one does, and has its ids.
 *
 * @param tokens ids that there are
 */
record ClipTokenizerFiles(int tokens) {
    private static final int BYTES = 256;
    private static final List<String> AROUND = List.of("<|startoftext|>", "<|endoftext|>");
    private static final String WORD_END = "</w>";
    /** Bytes without a sign of their own stand as characters from here on. */
    private static final int SIGNS = 0x100;

    ClipTokenizerFiles {
        if (tokens < 2 * BYTES + AROUND.size()) {
            throw new IllegalArgumentException("vocab_size: found " + tokens + "; expected at least " + (2 * BYTES + AROUND.size())
                + " for a byte-level vocabulary");
        }
    }

    /** Two tokens that become one. */
    private record Merge(String left, String right) {}

    /** Writes {@code vocab.json} and {@code merges.txt}. */
    void write(Path folder) throws IOException {
        List<String> vocabulary = new ArrayList<>(bytes());
        bytes().forEach(sign -> vocabulary.add(sign + WORD_END));
        List<String> lines = new ArrayList<>(List.of("#version: 0.2"));
        for (Merge merge : merges(tokens - vocabulary.size() - AROUND.size())) {
            vocabulary.add(merge.left() + merge.right());
            lines.add(merge.left() + " " + merge.right());
        }
        vocabulary.addAll(AROUND);
        Files.write(folder.resolve("merges.txt"), lines);
        try (OutputStream out = Files.newOutputStream(folder.resolve("vocab.json"));
             JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.writeStartObject();
            for (int id = 0; id < vocabulary.size(); id++) {
                json.writeNumberField(vocabulary.get(id), id);
            }
            json.writeEndObject();
        }
    }

    /** A sign for each byte, those with one of their own first. Source: GPT-2's encoder. */
    private static List<String> bytes() {
        List<String> own = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (int b = 0; b < BYTES; b++) {
            if (b >= '!' && b <= '~' || b >= 0xa1 && b <= 0xac || b >= 0xae) {
                own.add(Character.toString(b));
            } else {
                others.add(Character.toString(SIGNS + others.size()));
            }
        }
        own.addAll(others);
        return own;
    }

    /** A run of letters and one more, in the order of their length; within a word and at its end. */
    private static List<Merge> merges(int count) {
        List<Merge> merges = new ArrayList<>();
        List<String> runs = Letters.ALL;
        while (true) {
            List<String> longer = new ArrayList<>();
            for (String run : runs) {
                for (String letter : Letters.ALL) {
                    if (merges.size() == count) {
                        return merges;
                    }
                    merges.add(new Merge(run, letter));
                    longer.add(run + letter);
                    if (merges.size() < count) {
                        merges.add(new Merge(run, letter + WORD_END));
                    }
                }
            }
            runs = longer;
        }
    }
}
