package io.halftone.core.internal.calibrate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.ops.CheckpointException;
import io.halftone.ops.DType;
import io.halftone.ops.Parameters;
import io.halftone.ops.TensorView;
import io.halftone.quant.Site;
import io.halftone.quant.Slot;
import io.halftone.quant.Statistics;
import io.halftone.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatisticsFileTest {
    private static final Site SITE = new Site("a", Slot.INPUT);
    private static final long HEAP = 1 << 20;

    @TempDir
    private Path folder;

    /** A file of one tensor of 16 bytes that says so of itself. */
    private Path file(String metadata) throws IOException {
        String name = SITE.name() + "/n";
        TensorView view = TensorView.ofLongs(new long[] {3, 4}, 2);
        Path file = folder.resolve("statistics");
        String digest = StatisticsFile.digest(Map.of(name, view));
        try (SafetensorsWriter writer = SafetensorsWriter.create(file, Map.of(name, new Parameters.Info(DType.INT64, new long[] {2})),
            Map.of("halftone_statistics", metadata.replace('\'', '"').replace("SHA", digest)))) {
            writer.write(name, view);
            writer.commit();
        }
        return file;
    }

    private static String refusal(Path file, long heap) {
        String message = assertThrows(CheckpointException.class, () -> StatisticsFile.read(file, heap)).getMessage();
        return message.replace(file + ": found ", "").replace("; expected statistics that quantize or merge-stats wrote", "");
    }

    @Test
    void readsWhatItWrote() throws IOException {
        Path file = folder.resolve("statistics");
        var content = new StatisticsFile.Content(new PartialStatistics("d", 2, new TreeSet<>(List.of(1)),
            Map.of(SITE, Statistics.ofCounts("n", 3, 4))), Map.of(SITE, "sum"));
        StatisticsFile.write(file, content);
        assertEquals(content.statistics(), StatisticsFile.read(file, HEAP).statistics());
        assertEquals("16 bytes of tensors; expected at most 15 in a heap of 60: choose a larger one, as HALFTONE_JAVA_OPTS=-Xmx8g does", refusal(file, 60));
    }

    @Test
    void asksForItsVersionBeforeItReadsTensors() throws IOException {
        Path file = file("{'version':2,'digest':'d','total':1,'batches':[0],'sites':[],'sha256':'of others'}");
        assertEquals("no digest, total and sites of version 1", refusal(file, HEAP));
        assertEquals("tensors with another SHA-256 than was written: the file is damaged",
            refusal(file("{'version':1,'digest':'d','total':1,'batches':[0],'sites':[],'sha256':'of others'}"), HEAP));
    }

    @Test
    void refusesASiteThatIsThereTwice() throws IOException {
        String site = "{'layer':'a','slot':'INPUT','collector':'sum'}";
        assertEquals("the site " + SITE.name() + " twice", refusal(file("{'version':1,'digest':'d','total':1,'batches':[0],'sites':[" + site + "," + site
            + "],'sha256':'SHA'}"), HEAP));
    }
}
