package io.halftone.core.internal.calibrate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halftone.api.CalibrationSettings;
import io.halftone.core.internal.quantize.Digests;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.core.internal.run.Sizes;
import io.halftone.ops.Device;
import io.halftone.pipeline.PromptBatch;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a calibration is of, as JSON: all that changes a bit of its statistics, and nothing that does not. */
public final class Identity {
    private static final ObjectMapper JSON = JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();

    private Identity() {}

    /** The pipeline: its classes, its weights, its scheduler, the type that it computes in. */
    public static ObjectNode pipeline(OpenPipeline pipeline) {
        String backbone = pipeline.spec().backbone();
        ObjectNode root = JSON.createObjectNode();
        root.put("pipeline", pipeline.config().index().className());
        root.put("architecture", pipeline.config().component(backbone).className());
        root.put("component", backbone);
        root.put("source", pipeline.fingerprint(backbone));
        root.put("computeType", pipeline.computeType(backbone).name());
        ObjectNode others = root.putObject("components");
        components(pipeline).forEach(others::put);
        root.set("scheduler", JSON.valueToTree(new TreeMap<>(pipeline.schedulerConfig().asMap())));
        if (!pipeline.synthetic().isEmpty()) {
            root.put("synthetic", pipeline.synthetic());
        }
        ArrayNode loras = root.putArray("loras");
        pipeline.loras().forEach(lora -> loras.addObject().put("file", lora.name()).put("sha256", lora.digest()).put("scale", lora.scale()));
        return root;
    }

    /** The fingerprints of the components beside the backbone, by name. */
    public static Map<String, String> components(OpenPipeline pipeline) {
        Map<String, String> components = new TreeMap<>();
        for (String component : pipeline.spec().components()) {
            if (!component.equals(pipeline.spec().backbone())) {
                components.put(component, pipeline.fingerprint(component));
            }
        }
        return components;
    }

    /** The runs: prompts, batches, steps, seed, sizes, and the device where it is not the processor. */
    public static ObjectNode runs(OpenPipeline pipeline, CalibrationSettings runs, List<String> prompts, Device device) {
        PromptBatch batch = Sizes.batch(pipeline.spec(), prompts, "", runs.guidanceScale(), runs.height(), runs.width());
        ObjectNode root = JSON.createObjectNode().put("prompts", prompts.size())
            .put("promptsSha256", Digests.sha256(StandardCharsets.UTF_8.encode(String.join("\n", prompts))))
            .put("batchSize", runs.batchSize()).put("steps", runs.steps()).put("seed", runs.seed()).put("operationThreads", Calibrator.THREADS)
            .put("guidanceScale", batch.guidanceScale()).put("height", batch.height()).put("width", batch.width());
        if (!device.isHost()) {
            root.put("device", device.name());   // GPUs of the same name compute the same bits, whichever of a machine's it is
        }
        return root;
    }

    /** SHA-256 of what statistics are of, hexadecimal. */
    static String digest(OpenPipeline pipeline, CalibrationSettings runs, List<String> prompts, Device device, double percentile,
                         Observed observed) {
        ObjectNode root = JSON.createObjectNode();
        root.set("pipeline", pipeline(pipeline));
        root.set("runs", runs(pipeline, runs, prompts, device));
        root.put("percentile", percentile);
        ObjectNode sites = root.putObject("sites");
        observed.sites().keySet().forEach(site -> sites.put(site.name(), observed.text(site)));
        return sha256(root);
    }

    /** SHA-256 of JSON with its keys in order, hexadecimal. */
    public static String sha256(ObjectNode root) {
        try {
            Object plain = JSON.treeToValue(root, Object.class);
            return Digests.sha256(StandardCharsets.UTF_8.encode(JSON.writeValueAsString(plain)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
