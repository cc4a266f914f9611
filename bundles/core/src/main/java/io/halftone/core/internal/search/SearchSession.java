package io.halftone.core.internal.search;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halftone.api.CalibrationSettings;
import io.halftone.api.CalibrationWork;
import io.halftone.api.SearchRequest;
import io.halftone.core.internal.Plugins;
import io.halftone.core.internal.calibrate.CalibrationPrompts;
import io.halftone.core.internal.distribute.Crew;
import io.halftone.core.internal.distribute.Description;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.plan.Scan;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.core.internal.run.Sizes;
import io.halftone.distribute.Work;
import io.halftone.ops.EagerRuntime;
import io.halftone.pipeline.PipelineSpec;
import io.halftone.pipeline.PromptBatch;
import io.halftone.quant.Collector;
import io.halftone.quant.PlanRecipe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A request to search, checked; its calibrated layers and its workers are held until this is closed. */
public final class SearchSession implements AutoCloseable {
    private final Plugins plugins;
    private final Crew crew;
    private final OpenPipeline pipeline;
    private final SearchRequest request;
    private final Scan scan;
    private final SearchPlan plan;
    private final List<String> calibrated;
    private final List<PromptBatch> searched;
    private Families families;
    private SearchPool pool;

    /** With workers as the request says, on one runtime. */
    public SearchSession(Plugins plugins, EagerRuntime runtime, OpenPipeline pipeline, SearchRequest request) throws IOException {
        this(plugins, new Crew(List.of(runtime), plugins.distributors().get(request.work().distributor()), request.work().workers()), pipeline, request);
    }

    /** Checks the request; everything that can be refused without tensors is refused here. */
    public SearchSession(Plugins plugins, Crew crew, OpenPipeline pipeline, SearchRequest request) throws IOException {
        this.plugins = plugins;
        this.crew = crew;
        this.pipeline = pipeline;
        this.request = request;
        CalibrationSettings runs = request.calibration();
        CalibrationWork work = request.work();
        if (work.slices() > 1 || !work.statisticsOut().isEmpty() || !work.statisticsIn().isEmpty()) {
            throw new IllegalArgumentException("auto: found slices or files of statistics; expected the calibration as a whole");
        }
        // checks that the fraction leaves a step
        new Collector.Request(Collector.Request.NO_AXIS, runs.steps(), request.settings().percentile());
        this.scan = pipeline.scan(pipeline.spec().backbone());
        this.plan = SearchPlan.of(plugins, request.settings(), request.formats(), scan.layers());
        this.calibrated = CalibrationPrompts.of(runs, pipeline.folder().path());
        this.searched = batches(CalibrationPrompts.beyond(runs, pipeline.folder().path(), request.prompts()));
        // the schedule refuses a number of steps that it has not
        pipeline.schedule(runs.steps(), searched.get(0));
        pipeline.schedule(request.steps(), searched.get(0));
    }

    /** These prompts in batches, as the search runs them. */
    public List<PromptBatch> batches(List<String> prompts) {
        CalibrationSettings runs = request.calibration();
        PipelineSpec spec = pipeline.spec();
        List<PromptBatch> batches = new ArrayList<>();
        for (int from = 0; from < prompts.size(); from += runs.batchSize()) {
            List<String> some = prompts.subList(from, Math.min(prompts.size(), from + runs.batchSize()));
            batches.add(Sizes.batch(spec, some, "", runs.guidanceScale(), runs.height(), runs.width()));
        }
        return batches;
    }

    /**
     * Calibrates, and measures every candidate alone. To be called once.
     *
     * @param journal beside which calibrations are saved after every batch, and taken up from
     */
    public Search measure(Path journal, Monitor monitor) throws IOException {
        families = Families.calibrate(pipeline, plugins, plan, request.calibration(), calibrated, crew, journal, monitor);
        Subject subject = new Subject(pipeline, families.decided(scan, plugins), searched, request.steps(), request.calibration().seed());
        pool = new SearchPool(subject, plan.candidates(), crew, this::describe, monitor);
        return Search.measure(pool, plan.candidates());
    }

    private Work describe(Subject subject) throws IOException {
        ObjectNode root = Description.of(SearchWork.KIND, plugins, pipeline, crew.runtime(), false);
        new SearchWork(request.settings(), request.formats(), request.calibration(), calibrated, families.statistics(), subject.batches(), subject.steps(),
            subject.seed()).write(root);
        return Description.work(root);
    }

    /** The recipe that quantizes what was chosen and no other layer. */
    public PlanRecipe recipe(Found found) {
        return RecipeRules.recipe(request.settings(), scan.layers(), found.mix().stream().map(Candidate::planned).toList());
    }

    /** What of the settings changes nothing. */
    public Set<String> idle() {
        return plan.idle(plugins);
    }

    /** How the choice came about, in lines for the recipe's top. */
    public List<String> comments(Found found) {
        Set<String> layers = new HashSet<>();
        plan.candidates().forEach(candidate -> layers.add(candidate.layer()));
        String goal = Double.isNaN(request.maxCost()) ? "the least cost with a PSNR of " + request.targetPsnr() + " dB"
            : "the least error within a cost of " + request.maxCost();
        return List.of(
            "Chosen by measurement for " + pipeline.config().component(pipeline.spec().backbone()).className() + ": " + goal + ".",
            String.format(Locale.ROOT, "Quantizes %d of the %d layers of level %s; cost %.4f of 16-bit multiplications, PSNR %.2f dB against full "
                + "precision.", found.chosen().size(), layers.size(), request.settings().level(), found.cost(), found.psnr()),
            "Measured on " + request.prompts() + " prompts of " + request.steps() + " steps, seed " + request.calibration().seed()
                + "; calibrated with " + calibrated.size() + " others of " + request.calibration().steps() + " steps.");
    }

    /** Writes the sensitivities. */
    public void writeTable(Search search, Found found, Path file) throws IOException {
        SensitivityTable.write(search.measured(), found.chosen(), file);
    }

    @Override
    public void close() throws IOException {
        if (pool != null) {
            pool.close();
        }
        if (families != null) {
            families.close();
        }
    }
}
