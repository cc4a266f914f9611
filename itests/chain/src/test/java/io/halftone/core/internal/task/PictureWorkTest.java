package io.halftone.core.internal.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halftone.api.CalibrationSettings;
import io.halftone.api.Distribution;
import io.halftone.api.EvaluateRequest;
import io.halftone.api.QualityGate;
import io.halftone.api.Sampling;
import io.halftone.core.internal.Chain;
import io.halftone.core.internal.Plugins;
import io.halftone.core.internal.distribute.Description;
import io.halftone.core.internal.doctor.Diagnostics;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.distribute.OpenWork;
import io.halftone.distribute.RefusalException;
import io.halftone.distribute.WorkDistributor;
import io.halftone.export.Engine;
import io.halftone.export.EngineBuilder;
import io.halftone.export.EngineReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures on engines elsewhere: of the same engine, or refused. */
class PictureWorkTest {
    private static final Sampling SAMPLING = new Sampling(List.of("a red circle"), "", 1, Double.NaN, 64, 64, 0, "");

    @TempDir
    Path scratch;

    /** Two builds of it differ. */
    private static final class Timed implements EngineBuilder {
        @Override
        public Set<String> options() {
            return Set.of();
        }

        @Override
        public boolean isReproducible() {
            return false;
        }

        @Override
        public EngineReport build(Request request, Path engineFile) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Engine load(Path file, Map<String, String> options) {
            throw new UnsupportedOperationException();
        }
    }

    private static Workplace withTimedEngine() {
        Plugins all = Chain.PLUGINS;
        List<Plugins.Plugin<EngineBuilder>> engines = new ArrayList<>(all.engines().plugins());
        engines.add(Plugins.Plugin.of(new Timed(), "timed"));
        WorkDistributor elsewhere = (work, here) -> {
            throw new UnsupportedOperationException();
        };
        List<Plugins.Plugin<WorkDistributor>> distributors = new ArrayList<>(all.distributors().plugins());
        distributors.add(Plugins.Plugin.of(elsewhere, "elsewhere"));
        Plugins plugins = new Plugins(all.models(), all.pipelines(), all.schedulers(), all.tokenizers(), all.formats(), all.policies(), all.collectors(),
            all.algorithms(), all.exporters(), new Plugins.Family<>("engine", engines), all.presets(), all.tools(),
            new Plugins.Family<>("distributor", distributors));
        return new Workplace(plugins, Chain.WORK.opener(), Chain.RUNTIME, Chain.WORK.models());
    }

    private EvaluateRequest on(String engine, String distributor) {
        var runs = new CalibrationSettings(List.of("a"), "", 1, 1, 1, Double.NaN, 64, 64, 5);
        return new EvaluateRequest(Chain.TINY, List.of(new EvaluateRequest.Full("fp:" + engine, engine)), SAMPLING, List.of(1L), 1, runs, 0,
            QualityGate.none(), "",
            "", scratch.resolve("out").toString(), new Distribution(distributor, 1, 1));
    }

    @Test
    void refusesToDistributeAnEngineThatIsBuiltByTiming() throws Exception {
        Workplace work = withTimedEngine();
        assertEquals("variant fp:timed: found timed, of which two builds differ in bits, and distributor elsewhere; expected distributor in-process",
            assertThrows(IllegalArgumentException.class, () -> new EvaluateTask(work, new Diagnostics(List.of()), on("timed", "elsewhere"))).getMessage());
        assertTrue(Files.notExists(scratch.resolve("out")), "what is refused leaves no folder behind");
        new EvaluateTask(work, new Diagnostics(List.of()), on("onnxruntime", "elsewhere"));   // refuses nothing
    }

    @Test
    void refusesAnotherEngineByWhatDecidesItsBits() throws Exception {
        String identity = PictureWork.identity("onnxruntime", Chain.WORK);
        int threads = Runtime.getRuntime().availableProcessors();
        assertEquals(List.of("engine onnxruntime: found " + identity + "; expected " + identity + " more"),
            refused(new PictureWork("", "", "onnxruntime", identity + " more", SAMPLING, List.of(1L), 1, threads, threads)));
        try (OpenWork open = open(new PictureWork("", "", "onnxruntime", identity, SAMPLING, List.of(1L), 1, threads, threads))) {
            assertEquals(1, open.workers());
        }
    }

    /** Four threads on two processors compute what two do, and not what four on four do. */
    @Test
    void refusesWhereFewerOrMoreThreadsOfAnOperationRunAtATime() throws Exception {
        int processors = Runtime.getRuntime().availableProcessors();
        assertEquals(List.of("threads: found processors for " + processors + " of " + 2 * processors + " threads of an operation; expected "
            + 2 * processors + " at a time"), refused(new PictureWork("", "", "", "", SAMPLING, List.of(1L), 1, 2 * processors, 2 * processors)));
        open(new PictureWork("", "", "", "", SAMPLING, List.of(1L), 1, 2 * processors, processors)).close();
    }

    private static List<String> refused(PictureWork work) {
        return assertThrows(RefusalException.class, () -> open(work)).differences();
    }

    private static OpenWork open(PictureWork work) throws IOException {
        try (OpenPipeline pipeline = Chain.WORK.open(Chain.TINY)) {
            ObjectNode root = Description.of(PictureWork.KIND, Chain.PLUGINS, pipeline, Chain.RUNTIME, true);
            work.write(root);
            return new Bench(() -> Chain.WORK).open(root.toString(), List.of());
        }
    }
}
