package io.halftone.synthesis;

import java.util.List;
import java.util.stream.IntStream;

/** What the words of made-up vocabularies consist of. */
final class Letters {
    /** From a to z. */
    static final List<String> ALL = IntStream.rangeClosed('a', 'z').mapToObj(Character::toString).toList();

    private Letters() {}
}
