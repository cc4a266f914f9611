package io.halftone.core.internal.task;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halftone.api.Sampling;
import io.halftone.core.internal.quantize.Recipe;
import io.halftone.core.internal.run.Backbone;
import io.halftone.core.internal.run.OpenPipeline;
import java.util.Map;

/** How a picture came to be, as JSON for its metadata. */
final class Provenance {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Provenance() {}

    /**
     * One entry, under the key that checkpoints use.
     *
     * @param backbones what made the picture; several where it shows several side by side
     */
    static Map<String, String> of(OpenPipeline pipeline, Sampling sampling, PictureRun<?> run, int index, Backbone<?>... backbones) {
        ObjectNode root = JSON.createObjectNode();
        root.put("pipeline", pipeline.config().index().className());
        root.put("source", pipeline.fingerprint(pipeline.spec().backbone()));
        if (!pipeline.synthetic().isEmpty()) {
            root.put("synthetic", pipeline.synthetic());
        }
        ArrayNode loras = root.putArray("loras");
        pipeline.loras().forEach(lora -> loras.add(lora.toString()));
        if (!run.device().isHost()) {
            root.put("device", run.device().name());
        }
        root.put("scheduler", pipeline.schedulerConfig().className());
        ArrayNode made = root.putArray("backbones");
        for (Backbone<?> backbone : backbones) {
            ObjectNode with = made.addObject().put("runtime", backbone.description());
            if (!backbone.recipe().isEmpty()) {
                with.set("recipe", Recipe.parse(backbone.description(), backbone.recipe()).summary());
            }
        }
        root.put("prompt", sampling.picturePrompts().get(index));
        root.put("negativePrompt", sampling.negativePrompt());
        root.put("index", index).put("seed", sampling.seed()).put("steps", run.steps());
        if (!sampling.initialLatents().isEmpty()) {
            root.put("initialLatentsSha256", run.latentsDigest());
        }
        root.put("guidanceScale", run.batch().guidanceScale()).put("height", run.batch().height()).put("width", run.batch().width());
        return Map.of(Recipe.KEY, root.toString());
    }
}
