package io.halftone.core.internal.task;

import io.halftone.api.CheckpointTarget;
import io.halftone.checkpoint.CheckpointWriter;
import io.halftone.checkpoint.Form;
import io.halftone.checkpoint.Layout;
import io.halftone.checkpoint.QuantizedBackbone;
import io.halftone.checkpoint.QuantizedLayer;
import io.halftone.checkpoint.StorageOptions;
import io.halftone.core.internal.Plugins;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.plan.Scan;
import io.halftone.core.internal.quantize.QuantizedModel;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.ops.Layer;
import io.halftone.quant.LayerRewrite;
import io.halftone.quant.LayerState;
import io.halftone.quant.Planned;
import io.halftone.quant.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes the checkpoints that a request asks for, and proves that every planned tensor is quantized in them. */
final class CheckpointFiles {
    private static final String HUB_WEIGHTS = "diffusion_pytorch_model.safetensors";

    private final CheckpointTarget target;
    private final OpenPipeline pipeline;
    private final Scan scan;
    private final Plugins plugins;
    private final List<Planned> plan;

    CheckpointFiles(CheckpointTarget target, OpenPipeline pipeline, Scan scan, Plugins plugins, List<Planned> plan) {
        this.target = target;
        this.pipeline = pipeline;
        this.scan = scan;
        this.plugins = plugins;
        this.plan = List.copyOf(plan);
    }

    /**
     * What was written.
     *
     * @param checkpoint what to restore from; empty if only a hub's folder was written
     * @param files      all files
     * @param notes      what the user must know, a line each
     */
    record Written(String checkpoint, List<Path> files, List<String> notes) {}

    /** Writes the files; they appear when they are whole. */
    Written write(QuantizedModel model, Monitor monitor) throws IOException {
        List<Path> files = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        String checkpoint = "";
        QuantizedBackbone backbone = backbone(model);
        if (!target.file().isEmpty()) {
            StorageOptions options = new StorageOptions(Form.valueOf(target.form().name()), Layout.MODEL_OPTIMIZER, false, "", target.maxShardBytes());
            CheckpointWriter.Written written = write(backbone, Path.of(target.file()).toAbsolutePath().normalize(), options, monitor);
            files.addAll(written.files());
            checkpoint = target.maxShardBytes() == 0 ? target.file() : written.checkpoint().toString();
            notes.addAll(kept(written));
            notes.addAll(written.notes());
        }
        if (!target.hubFolder().isEmpty()) {
            Path folder = Path.of(target.hubFolder()).toAbsolutePath().normalize();
            String config = Files.readString(pipeline.folder().path().resolve(pipeline.spec().backbone()).resolve("config.json"));
            StorageOptions options = new StorageOptions(Form.COMPACT, Layout.MODEL_OPTIMIZER, true, config, target.maxShardBytes());
            CheckpointWriter.Written written = write(backbone, folder.resolve(HUB_WEIGHTS), options, monitor);
            files.addAll(written.files());
            notes.addAll(written.notes());
        }
        return new Written(checkpoint, files, notes);
    }

    /** Every planned tensor is proved before the files get their names. */
    private CheckpointWriter.Written write(QuantizedBackbone backbone, Path file, StorageOptions options, Monitor monitor) throws IOException {
        return CheckpointWriter.write(backbone, file, options, planned(), (done, of) -> monitor.progress("checkpoint", done, of, "tensor"));
    }

    private Set<Site> planned() {
        Set<Site> sites = new LinkedHashSet<>();
        plan.forEach(p -> p.slots().forEach(slot -> sites.add(new Site(p.layer().name(), slot))));
        return sites;
    }

    private static List<String> kept(CheckpointWriter.Written written) {
        return written.kept().isEmpty() ? List.of() : List.of("" + written.kept().size()
            + " weights are stored unrounded, as their codes would not give back the same values: " + String.join(", ", written.kept()));
    }

    private QuantizedBackbone backbone(QuantizedModel model) {
        String name = pipeline.spec().backbone();
        Map<String, LayerState> states = new LinkedHashMap<>();
        model.states().forEach(state -> states.put(state.layer(), state));
        Map<String, LayerRewrite> rewrites = model.rewrites(scan, plugins);
        List<QuantizedLayer> layers = new ArrayList<>();
        Set<String> unquantized = new LinkedHashSet<>();
        for (Layer layer : scan.layers()) {
            if (states.containsKey(layer.name())) {
                layers.add(new QuantizedLayer(layer, states.get(layer.name()), rewrites.get(layer.name())));
            } else if (!(layer instanceof Layer.Attention)) {
                unquantized.add(layer.name());
            }
        }
        return new QuantizedBackbone(model.recipe().json(), pipeline.computeType(name), pipeline.fingerprint(name), pipeline.parameters(name),
            model.parameters(), layers, unquantized);
    }
}
