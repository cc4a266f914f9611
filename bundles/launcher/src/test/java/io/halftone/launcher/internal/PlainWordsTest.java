package io.halftone.launcher.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PlainWordsTest {
    @Test
    void saysWhatKarafSaysAsEverythingElseIsSaid() {
        assertEquals("--modle: found no such option; expected one that --help lists", PlainWords.of("Undefined option: --modle"));
        assertEquals("--path: found nothing behind it; expected its value", PlainWords.of("Missing value for option: --path"));
        assertEquals("--out: found none; expected it, see --help", PlainWords.of("Option --out is required"));
        assertEquals("files: found none; expected it, see --help", PlainWords.of("Argument files is required"));
        assertEquals("--height: found tall; expected a whole number",
            PlainWords.of("Unable to convert option --height with value 'tall' to type java.lang.Integer"));
        assertEquals("--alpha: found it's; expected a number", PlainWords.of("Unable to convert option --alpha with value 'it's' to type java.lang.Double"));
        assertEquals("arguments: found too many; expected what --help lists", PlainWords.of("Too many arguments specified"));
    }

    @Test
    void leavesOutTheSettingsOfTheReaderOfJson() {
        assertEquals("x: found Unexpected end-of-input: expected close marker for Object; expected JSON", PlainWords.of("x: found Unexpected end-of-input: "
            + "expected close marker for Object (start marker at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 1])"
            + "; expected JSON"));
        assertEquals("x: found Document nesting depth (65) exceeds the maximum allowed (64); expected JSON",
            PlainWords.of("x: found Document nesting depth (65) "
            + "exceeds the maximum allowed (64, from `StreamReadConstraints.getMaxNestingDepth()`); expected JSON"));
    }

    @Test
    void isOneLineThatMovesNoCursor() {
        assertEquals("a b \\u001b[31mred\\u0007 \\u009b", PlainWords.of(" a\r\n  b \u001b[31mred\u0007 \u009b\n"));
    }
}
