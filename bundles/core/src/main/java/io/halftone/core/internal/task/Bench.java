package io.halftone.core.internal.task;

import io.halftone.api.PipelineSource;
import io.halftone.core.internal.MissingRuntime;
import io.halftone.core.internal.calibrate.Calibration;
import io.halftone.core.internal.distribute.Crew;
import io.halftone.core.internal.distribute.Description;
import io.halftone.core.internal.distribute.Owning;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.core.internal.search.SearchWork;
import io.halftone.distribute.OpenWork;
import io.halftone.distribute.RefusalException;
import io.halftone.distribute.Workbench;
import io.halftone.ops.EagerRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/** Opens work that another process describes, over the plugins, the runtime and the model folders that are here. */
public final class Bench implements Workbench {
    private final Supplier<Workplace> workplace;

    /**
     * A bench.
     *
     * @param workplace gives what work takes at its start
     */
    public Bench(Supplier<Workplace> workplace) {
        this.workplace = workplace;
    }

    @Override
    public OpenWork open(String text, List<String> devices) throws IOException {
        Description description = Description.parse(text);
        Workplace work = workplace.get();
        if (MissingRuntime.is(work.runtime())) {
            throw new RefusalException(List.of(MissingRuntime.REFUSAL));
        }
        Crew crew = Crew.member(runtimes(work, devices));
        boolean engines = description.kind().equals(PictureWork.KIND);
        description.checkSurroundings(work.plugins(), crew.runtime(), engines);
        OpenPipeline pipeline = pipeline(work, description.source());
        try {
            description.checkPipeline(pipeline);
            return new Owning(open(description, work, pipeline, crew), pipeline::close);
        } catch (IOException | RuntimeException e) {
            pipeline.close();
            throw e;
        }
    }

    private static List<EagerRuntime> runtimes(Workplace work, List<String> devices) {
        return Crew.runtimes(work.runtime(), devices.isEmpty() ? List.of("") : devices);
    }

    /** The pipeline where its describer has it, or else the one of its name in the model folders. */
    private static OpenPipeline pipeline(Workplace work, PipelineSource described) throws IOException {
        Path path = Path.of(described.path());
        if (Files.isDirectory(path)) {
            return work.open(described);
        }
        String name = described.model().isEmpty() ? path.getFileName().toString() : described.model();
        Path found;
        try {
            found = work.models().find(name);
        } catch (IllegalArgumentException e) {
            throw new RefusalException(List.of("pipeline: found no folder " + path + ", and " + e.getMessage()));
        }
        return work.open(new PipelineSource(found.toString(), described.model(), described.computeType(), described.loras(), described.leaveLoras()));
    }

    private static OpenWork open(Description description, Workplace work, OpenPipeline pipeline, Crew crew) throws IOException {
        return switch (description.kind()) {
            case Calibration.KIND -> Calibration.of(description, pipeline, work.plugins(), crew.runtime().device()).open(crew, Monitor.silent());
            case PictureWork.KIND -> PictureWork.open(description, work, pipeline, crew);
            case SearchWork.KIND -> SearchWork.open(description, pipeline, work.plugins(), crew);
            default -> throw new IllegalArgumentException("description: found work of kind " + description.kind() + "; expected one of "
                + List.of(Calibration.KIND, PictureWork.KIND, SearchWork.KIND));
        };
    }

    @Override
    public List<String> devices(List<String> devices) {
        Workplace work = workplace.get();
        if (MissingRuntime.is(work.runtime())) {
            return List.of();
        }
        return runtimes(work, devices).stream().map(runtime -> runtime.device().name() + ", " + runtime.description()).toList();
    }
}
