package io.halftone.core.internal.search;

import io.halftone.api.CalibrationSettings;
import io.halftone.api.CalibrationWork;
import io.halftone.core.internal.Plugins;
import io.halftone.core.internal.calibrate.Calibration;
import io.halftone.core.internal.calibrate.PartialStatistics;
import io.halftone.core.internal.distribute.Crew;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.plan.Scan;
import io.halftone.core.internal.quantize.Quantization;
import io.halftone.core.internal.quantize.Recipe;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.ops.EagerRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Families whose layers are decided; their changed weights are held until this is closed. */
final class Families implements AutoCloseable {
    private final List<Quantization> held = new ArrayList<>();
    private final List<byte[]> statistics = new ArrayList<>();

    private Families() {}

    /**
     * Calibrates each family once and decides its layers.
     *
     * @param journal beside which statistics are saved after every batch, and taken up from
     */
    static Families calibrate(OpenPipeline pipeline, Plugins plugins, SearchPlan plan, CalibrationSettings runs,
                              List<String> prompts, Crew crew, Path journal, Monitor monitor) throws IOException {
        Families families = new Families();
        try {
            List<Path> journals = new ArrayList<>();
            for (SearchPlan.Family family : plan.families()) {
                var settings = family.settings();
                Calibration calibration = Calibration.of(pipeline, plugins, family.plan(), settings, runs, prompts, crew.runtime().device());
                journals.add(journal.resolveSibling(journal.getFileName() + "-" + settings.format()));
                PartialStatistics seen = calibration.calibrator(CalibrationWork.whole(), crew, journals.get(journals.size() - 1)).run(monitor);
                families.add(pipeline, crew.runtime(), plugins, family, runs, prompts, calibration, seen, monitor);
            }
            for (Path file : journals) {
                Files.deleteIfExists(file);
            }
            return families;
        } catch (IOException | RuntimeException e) {
            families.close();
            throw e;
        }
    }

    /**
     * Decides each family's layers by statistics that another process has collected.
     *
     * @param statistics of each family, in their order
     */
    static Families decide(OpenPipeline pipeline, EagerRuntime runtime, Plugins plugins, SearchPlan plan, CalibrationSettings runs, List<String> prompts,
                           List<byte[]> statistics) throws IOException {
        Families families = new Families();
        try {
            for (int i = 0; i < plan.families().size(); i++) {
                SearchPlan.Family family = plan.families().get(i);
                Calibration calibration = Calibration.of(pipeline, plugins, family.plan(), family.settings(), runs, prompts, runtime.device());
                families.add(pipeline, runtime, plugins, family, runs, prompts, calibration, calibration.whole(statistics.get(i)), Monitor.silent());
            }
            return families;
        } catch (IOException | RuntimeException e) {
            families.close();
            throw e;
        }
    }

    private void add(OpenPipeline pipeline, EagerRuntime runtime, Plugins plugins, SearchPlan.Family family, CalibrationSettings runs, List<String> prompts,
                     Calibration calibration, PartialStatistics seen, Monitor monitor) throws IOException {
        held.add(Quantization.decide(pipeline, runtime, plugins, family.plan(),
            Recipe.head(pipeline, plugins, family.plan(), family.settings(), runs, prompts, runtime.device()), family.settings().options(), calibration, seen,
            monitor));
        statistics.add(Calibration.bytes(seen));
    }

    /** What each family was decided by, for another process to decide the same. */
    List<byte[]> statistics() {
        return List.copyOf(statistics);
    }

    List<Subject.Decided> decided(Scan scan, Plugins plugins) {
        return held.stream().map(q -> Subject.Decided.of(q.model(), scan, plugins)).toList();
    }

    @Override
    public void close() throws IOException {
        IOException failed = null;
        for (Quantization quantization : held) {
            try {
                quantization.close();
            } catch (IOException e) {
                failed = e;
            }
        }
        if (failed != null) {
            throw failed;
        }
    }
}
