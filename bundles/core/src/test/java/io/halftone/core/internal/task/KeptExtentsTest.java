package io.halftone.core.internal.task;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.core.internal.job.Monitor;
import io.halftone.export.ExtentFacts;
import io.halftone.model.ModelSignature.Extent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptExtentsTest {
    private static final Map<String, String> FACTS = Map.of("engine", "fake 1.0", "weights", "a\\b\nc");
    private static final Map<String, Extent> OF_TWO = Map.of("batch", new Extent(2, 2, 16), "height", new Extent(64, 64, 64));
    private static final Map<String, Extent> OF_EIGHT = Map.of("batch", new Extent(2, 8, 16), "height", new Extent(64, 64, 64));
    private static final Map<String, Extent> OF_SIXTEEN = Map.of("batch", new Extent(2, 16, 16), "height", new Extent(64, 64, 64));
    private static final Map<String, Long> TWO = Map.of("batch", 2L, "height", 64L);

    @TempDir
    Path folder;
    private EngineCache cache;

    @BeforeEach
    void openCache() {
        cache = new EngineCache(folder, 0);
    }

    private Map<String, Extent> chosen() throws IOException {
        return KeptExtents.of(cache, FACTS, OF_TWO, TWO);
    }

    /** An entry that was used so many seconds after 1970. */
    private void keep(Map<String, String> facts, String extents, long used) throws IOException {
        Map<String, String> all = new TreeMap<>(facts);
        all.put("extents", extents);
        try (EngineCache.Held held = cache.entry("engines", all, entry -> Files.writeString(entry.resolve("plan"), "engine"), Monitor.silent())) {
            Files.setLastModifiedTime(held.folder().resolve(EngineCache.FACTS), FileTime.from(Instant.ofEpochSecond(used)));
        }
    }

    private void keep(Map<String, Extent> extents, long used) throws IOException {
        keep(FACTS, new ExtentFacts(extents).text(), used);
    }

    @Test
    void areThoseOfTheRequestWhereNothingIsKept() throws IOException {
        assertEquals(OF_TWO, chosen());
    }

    @Test
    void areThoseOfAnEngineThatTakesTheRequest() throws IOException {
        keep(OF_SIXTEEN, 1);
        assertEquals(OF_SIXTEEN, chosen());
    }

    @Test
    void preferTheEngineThatWasUsedLast() throws IOException {
        keep(OF_SIXTEEN, 1);
        keep(OF_EIGHT, 2);
        assertEquals(OF_EIGHT, chosen());
    }

    @Test
    void preferTheEngineThatIsTunedForTheRequest() throws IOException {
        keep(OF_TWO, 1);
        keep(OF_SIXTEEN, 2);
        assertEquals(OF_TWO, chosen());
    }

    @Test
    void areNotThoseOfAnEngineThatDoesNotTakeTheRequest() throws IOException {
        keep(Map.of("batch", new Extent(4, 4, 16), "height", new Extent(64, 64, 64)), 1);
        keep(Map.of("batch", new Extent(2, 2, 16), "height", new Extent(96, 96, 128)), 2);
        keep(Map.of("batch", new Extent(2, 2, 16)), 3);
        assertEquals(OF_TWO, chosen());
    }

    @Test
    void areNotThoseOfAnEngineThatDiffersElsewhere() throws IOException {
        keep(Map.of("engine", "fake 1.1", "weights", "a\\b\nc"), new ExtentFacts(OF_SIXTEEN).text(), 1);
        keep(Map.of("engine", "fake 1.0"), new ExtentFacts(OF_SIXTEEN).text(), 2);
        keep(FACTS, "{batch=Extent[least=2, usual=16, greatest=16]}", 3);
        assertEquals(OF_TWO, chosen());
    }
}
