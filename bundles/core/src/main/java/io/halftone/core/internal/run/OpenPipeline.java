package io.halftone.core.internal.run;

import io.halftone.api.PipelineSource;
import io.halftone.core.internal.Plugins;
import io.halftone.core.internal.plan.Scan;
import io.halftone.model.ModelAdapter;
import io.halftone.model.ModelConfig;
import io.halftone.model.ModelSignature;
import io.halftone.model.ModelSignature.Extent;
import io.halftone.ops.DType;
import io.halftone.ops.Parameters;
import io.halftone.pipeline.PipelineAdapter;
import io.halftone.pipeline.PipelineConfig;
import io.halftone.pipeline.PipelineFolder;
import io.halftone.pipeline.PipelineSpec;
import io.halftone.pipeline.PromptBatch;
import io.halftone.pipeline.Schedule;
import io.halftone.pipeline.Scheduler;
import io.halftone.pipeline.Tokenizer;
import io.halftone.synthesis.PipelineSynthesis;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A pipeline folder with the plugins that can run it. */
public final class OpenPipeline implements AutoCloseable {
    private static final String SCHEDULER = "scheduler";

    private final PipelineFolder folder;
    private final Plugins plugins;
    private final DType computeType;
    private final String model;
    private final PipelineSource source;
    private final PipelineAdapter adapter;
    private final PipelineSpec spec;
    private final LoraWeights loras;

    /** A folder as it is. */
    public OpenPipeline(PipelineFolder folder, Plugins plugins, DType computeType) {
        this(folder, plugins, new PipelineSource(folder.path().toString(), "", computeType));
    }

    /**
     * Finds the plugins for a folder, and closes it if one is missing.
     *
     * @param source its compute type, the LoRAs to fuse, and its name: that of a preset says how the pipeline is used
     * @throws IllegalArgumentException naming the class that no plugin serves
     */
    public OpenPipeline(PipelineFolder folder, Plugins plugins, PipelineSource source) {
        this.folder = folder;
        this.plugins = plugins;
        this.computeType = source.computeType();
        this.model = source.model();
        this.source = source;
        try {
            this.adapter = plugins.pipelines().get(folder.config().index().className());
            PipelineSpec own = adapter.spec(folder.config());
            this.spec = plugins.presets().has(source.model()) ? own.with(plugins.presets().get(source.model()).usage()) : own;
            plugins.schedulers().get(schedulerConfig().className());
            for (String component : spec.components()) {
                model(component);
            }
            this.loras = LoraWeights.open(folder, spec.components(), source.loras());
        } catch (RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    /** What it was opened by. */
    public PipelineSource source() {
        return source;
    }

    public PipelineFolder folder() {
        return folder;
    }

    public PipelineConfig config() {
        return folder.config();
    }

    public PipelineAdapter adapter() {
        return adapter;
    }

    public PipelineSpec spec() {
        return spec;
    }

    /** The type that the user asked models to compute in. */
    public DType computeType() {
        return computeType;
    }

    /** The type of one component: float32 where half precision overflows. */
    public DType computeType(String component) {
        return computeType(adapter, component, config().component(component), computeType);
    }

    /** The type that a pipeline's component of that configuration computes in where the user asked for one. */
    public static DType computeType(PipelineAdapter pipeline, String component, ModelConfig config, DType asked) {
        return asked == DType.FLOAT16 && pipeline.overflowsHalf(component, config) ? DType.FLOAT32 : asked;
    }

    /** The adapter of a model component. */
    public ModelAdapter model(String component) {
        return plugins.models().get(config().component(component).className());
    }

    /** The weights of a component, as they are to be used. */
    public Parameters parameters(String component) {
        return loras.parameters(component);
    }

    /** What tells a component's weights, with LoRAs where they are fused, from others. */
    public String fingerprint(String component) {
        return loras.fingerprint(component);
    }

    /** The LoRAs that the weights have fused in, the folder's own first. */
    public List<FusedLora> loras() {
        return loras.fused();
    }

    /** What the folder says of itself where its weights are random; empty for any other. */
    public String synthetic() {
        return PipelineSynthesis.mark(config()).orElse("");
    }

    /** The schedule of a run of that many steps. */
    public Schedule schedule(int steps, PromptBatch batch) {
        return scheduler().schedule(schedulerConfig(), spec.run(steps, batch.height(), batch.width()));
    }

    /** What engines of the backbone are for where nothing else is said: as the preset has it that the pipeline is called by, or else the model. */
    public Map<String, Extent> extents(ModelSignature signature) {
        Map<String, Extent> extents = new TreeMap<>(signature.profile());
        if (plugins.presets().has(model)) {
            Map<String, Extent> published = new TreeMap<>(plugins.presets().get(model).extents());
            published.keySet().retainAll(extents.keySet());
            extents.putAll(published);
        }
        return extents;
    }

    /** What a component is made of. */
    public Scan scan(String component) {
        return Scan.of(model(component), config().component(component));
    }

    /** The scheduler that the folder names. */
    public Scheduler scheduler() {
        return plugins.schedulers().get(schedulerConfig().className());
    }

    /** The scheduler's configuration. */
    public ModelConfig schedulerConfig() {
        return config().component(SCHEDULER);
    }

    /** Reads the tokenizer of a component folder. */
    Tokenizer tokenizer(String component) throws IOException {
        String name = config().component(component).string("tokenizer_class");
        return plugins.tokenizers().get(name).load(folder.path().resolve(component));
    }

    @Override
    public void close() {
        loras.close();
        folder.close();
    }
}
