package io.halftone.core.internal.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.core.internal.distribute.Crew;
import io.halftone.core.internal.job.Monitor;
import io.halftone.distribute.ResultSink;
import io.halftone.distribute.Unit;
import io.halftone.distribute.Work;
import io.halftone.distribute.WorkSession;
import io.halftone.pipeline.PromptBatch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SearchPoolTest {
    private static final PromptBatch TWO = new PromptBatch(List.of("a", "b"), List.of("", ""), 5, 64, 64);

    private final List<String> refused = new ArrayList<>();
    private byte[] wrong = {1};
    private byte[] right = {};

    /** Brings each unit a result that is none, one that is, and another one. */
    private final class Session implements WorkSession {
        @Override
        public void run(List<Unit> units, ResultSink sink) throws IOException {
            for (Unit unit : units) {
                refused.add(assertThrows(IllegalArgumentException.class, () -> sink.accept(unit.id(), wrong)).getMessage());
                assertEquals("true false", sink.accept(unit.id(), right) + " " + sink.accept(unit.id(), right));
            }
        }

        @Override
        public void close() {
            // nothing is open
        }
    }

    @Test
    void refusesWhatIsNoResultOfAMeasurementSoThatAnotherMemberTriesIt() throws IOException {
        Subject subject = new Subject(null, List.of(), List.of(TWO), 1, 1);
        Crew crew = new Crew(List.of(), (work, here) -> new Session(), 0);
        try (SearchPool pool = new SearchPool(subject, List.of(), crew, its -> new Work("search", "", "0".repeat(64), ""), Monitor.silent())) {
            pool.reference();
            right = Measurement.bytes(Map.of("layer", 7L));
            assertEquals(Map.of("layer", 7L), pool.counts());
            wrong = "7".getBytes(StandardCharsets.UTF_8);
            pool.counts();
            wrong = Measurement.bytes(List.of(1.0));
            right = Measurement.bytes(List.of(1.0, 2.0));
            assertEquals(List.of(List.of(1.0, 2.0)), pool.psnr(List.of(List.of())));
        }
        assertEquals(4, refused.size());
        assertEquals("result: found 1 bytes; expected 0 numbers", refused.get(0));
        assertEquals("result: found NUMBER; expected counts by layer", refused.get(2));
        assertEquals("result: found 8 bytes; expected 2 numbers", refused.get(3));
    }
}
