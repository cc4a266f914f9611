package io.halftone.core.internal.evaluate;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halftone.core.internal.Plugins;
import io.halftone.core.internal.plan.Scan;
import io.halftone.core.internal.quantize.QuantizedModel;
import io.halftone.core.internal.run.RunningPipeline;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Layer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What single layers see and do in one picture's run of the model in full precision. */
public final class LayerProfile {
    private static final ObjectMapper JSON = new ObjectMapper();

    private LayerProfile() {}

    /** The largest magnitude that goes into each layer at each call. */
    public static <T> ObjectNode magnitudes(RunningPipeline<T> parts, EvaluationRun<T> run, Shot shot) {
        Scan scan = parts.pipeline().scan(parts.pipeline().spec().backbone());
        EagerOps<T> own = parts.backboneOps();
        var watched = new ProfilingOps<>(own, own, Map.of(), Set.of(), calls(run, shot));
        run.profile(shot, watched, "magnitudes of inputs");
        ObjectNode root = JSON.createObjectNode();
        ArrayNode layers = root.putArray("layers");
        for (Layer layer : scan.layers()) {
            float[] its = watched.amax().get(layer.name());
            if (its != null) {
                ArrayNode values = describe(layers.addObject(), layer).putArray("amax");
                for (float value : its) {
                    values.add(value);
                }
            }
        }
        return root;
    }

    /** How far the output of each quantized layer is off, alone, at the first, the middle and the last call. */
    public static <T> ObjectNode errors(RunningPipeline<T> parts, EvaluationRun<T> run, Shot shot, QuantizedModel model, Plugins plugins,
                                        String stage) {
        Scan scan = parts.pipeline().scan(parts.pipeline().spec().backbone());
        int calls = calls(run, shot);
        Set<Integer> compared = new TreeSet<>(Set.of(calls - 1));
        compared.add(0);
        compared.add(calls / 2);
        EagerOps<T> changed = parts.backboneOps("calibrated weights", model.parameters(), model.added());
        var watched = new ProfilingOps<>(parts.backboneOps(), changed, model.rewrites(scan, plugins), compared, calls);
        try {
            run.profile(shot, watched, stage);
        } finally {
            changed.releaseParameters();
        }
        ObjectNode root = JSON.createObjectNode();
        ArrayNode at = root.putArray("calls");
        compared.forEach(at::add);
        ArrayNode layers = root.putArray("layers");
        for (Layer layer : scan.layers()) {
            double[] its = watched.errors().get(layer.name());
            if (its != null) {
                ArrayNode values = describe(layers.addObject(), layer).putArray("error");
                for (double value : its) {
                    values.add(value);
                }
            }
        }
        return root;
    }

    private static <T> int calls(EvaluationRun<T> run, Shot shot) {
        return run.schedule(run.batch(List.of(shot))).calls();
    }

    private static ObjectNode describe(ObjectNode node, Layer layer) {
        String kind = layer instanceof Layer.Conv ? "conv" : layer instanceof Layer.Linear ? "linear" : "attention";
        return node.put("name", layer.name()).put("kind", kind).put("role", layer.role().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }
}
