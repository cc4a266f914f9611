package io.halftone.tensorrt.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TimingFileTest {
    @TempDir
    Path folder;

    @Test
    void thereIsNothingBeforeTheFirstBuild() throws IOException {
        var timings = new TimingFile(folder.resolve("timing.cache"));
        assertEquals(0, timings.read().length);
        timings.update(kept -> new byte[] {7});
        assertArrayEquals(new byte[] {7}, timings.read());
    }

    @Test
    void noBuildLosesWhatAnotherAdds() throws IOException {
        var timings = new TimingFile(folder.resolve("timing.cache"));
        IntStream.range(0, 32).parallel().forEach(build -> {
            try {
                timings.update(kept -> {
                    byte[] more = Arrays.copyOf(kept, kept.length + 1);
                    more[kept.length] = (byte) build;
                    return more;
                });
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        byte[] all = timings.read();
        Arrays.sort(all);
        byte[] expected = new byte[32];
        IntStream.range(0, 32).forEach(i -> expected[i] = (byte) i);
        assertArrayEquals(expected, all);
    }
}
