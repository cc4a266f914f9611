package io.halftone.core.internal.search;

import io.halftone.api.CalibrationSettings;
import io.halftone.api.CalibrationWork;
import io.halftone.core.internal.Plugins;
import io.halftone.core.internal.calibrate.Calibration;
import io.halftone.core.internal.calibrate.PartialStatistics;
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

    private Families() {}

    /**
     * Calibrates each family once and decides its layers.
     *
     * @param journal beside which statistics are saved after every batch, and taken up from
     */
    static Families calibrate(OpenPipeline pipeline, EagerRuntime runtime, Plugins plugins, SearchPlan plan, CalibrationSettings runs,
                              List<String> prompts, int workers, Path journal, Monitor monitor) throws IOException {
        Families families = new Families();
        try {
            List<Path> journals = new ArrayList<>();
            for (SearchPlan.Family family : plan.families()) {
                var settings = family.settings();
                Calibration calibration = Calibration.of(pipeline, plugins, family.plan(), settings, runs, prompts, runtime.device());
                journals.add(journal.resolveSibling(journal.getFileName() + "-" + settings.format()));
                PartialStatistics statistics = calibration.calibrator(new CalibrationWork(workers, 1, 1, "", List.of()), runtime,
                    journals.get(journals.size() - 1)).run(monitor);
                families.held.add(Quantization.decide(pipeline, runtime, plugins, family.plan(),
                    Recipe.head(pipeline, plugins, family.plan(), settings, runs, prompts, runtime.device()), settings.options(), calibration, statistics, monitor));
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
