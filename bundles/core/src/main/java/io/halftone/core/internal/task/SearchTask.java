package io.halftone.core.internal.task;

import io.halftone.api.SearchRequest;
import io.halftone.api.SearchResult;
import io.halftone.core.internal.distribute.Crew;
import io.halftone.core.internal.job.JobRunner;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.core.internal.search.Found;
import io.halftone.core.internal.search.Measured;
import io.halftone.core.internal.search.Search;
import io.halftone.core.internal.search.SearchSession;
import io.halftone.recipe.RecipeFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/** Measures what each layer's quantization does, chooses layers by it, and writes them as a recipe. */
public final class SearchTask implements JobRunner.Task<SearchResult> {
    private final SearchRequest request;
    private final OpenPipeline pipeline;
    private final SearchSession session;
    private final Path recipe;
    private final Path table;

    /** Checks the request; everything that can be refused without tensors is refused here. */
    public SearchTask(Workplace work, SearchRequest request) throws IOException {
        this.request = request;
        this.pipeline = work.open(request.source());
        try {
            Loras.refuseUnfused(request.source(), pipeline);
            this.session = new SearchSession(work.plugins(), crew(work, request), pipeline, request);
            // last: what is refused leaves no folder behind
            this.recipe = Outputs.file("recipe", request.recipe());
            this.table = request.table().isEmpty() ? null : Outputs.file("table", request.table());
        } catch (IOException | RuntimeException e) {
            pipeline.close();
            throw e;
        }
    }

    private static Crew crew(Workplace work, SearchRequest request) {
        work.on(Crew.first(request.source()));   // refuses where there is no runtime
        return Crew.of(work.runtime(), work.plugins(), request.source(), request.work().distributor(), request.work().workers());
    }

    @Override
    public SearchResult run(Monitor monitor) throws IOException {
        Stopwatch watch = new Stopwatch();
        try (pipeline; session) {
            monitor.begins("load library");
            Search search = session.measure(recipe.resolveSibling(recipe.getFileName() + ".calibration"), monitor);
            Found found = Double.isNaN(request.maxCost()) ? search.reaching(request.targetPsnr()) : search.within(request.maxCost());
            RecipeFile.write(session.recipe(found), recipe, session.comments(found));
            if (table != null) {
                session.writeTable(search, found, table);
            }
            List<SearchResult.Sensitivity> layers = search.measured().stream().sorted(Comparator.comparingDouble(Measured::error))
                .map(one -> new SearchResult.Sensitivity(one.candidate().layer(), one.candidate().planned().formatName(), one.error(), one.share(),
                    found.chosen().contains(one))).toList();
            return new SearchResult(request.recipe(), request.table(), layers, found.chosen().size(), found.cost(), found.psnr(), watch.seconds(),
                session.idle());
        }
    }
}
