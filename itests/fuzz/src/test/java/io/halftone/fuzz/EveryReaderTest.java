package io.halftone.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every reader against its corpus, and against inputs made of it: the same ones in each build. */
class EveryReaderTest {
    private static final long SEED = 20261123;

    @ParameterizedTest
    @EnumSource(Target.class)
    void readsOrRefuses(Target target) throws IOException {
        List<byte[]> seeds = target.seeds();
        seeds.forEach(target.reader);
        Mutator mutator = new Mutator(SEED, seeds);
        for (int i = 0; i < target.inputs; i++) {
            byte[] input = mutator.next();
            try {
                target.reader.accept(input);
            } catch (Throwable e) {   // an Error too: what it was about is in no message of it
                throw new AssertionError("input " + i + ": " + e.getMessage() + "\n" + new String(input, StandardCharsets.ISO_8859_1) + "\n"
                    + Base64.getEncoder().encodeToString(input), e);
            }
        }
    }
}
