package io.halftone.core.internal.evaluate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halftone.api.EvaluateRequest;
import io.halftone.api.EvaluateResult;
import io.halftone.metrics.MsSsim;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Puts together what the batches of all variants left in a folder: the report as JSON, from which pages and tables are made. */
public final class EvaluationReport {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Of the report's form. */
    private static final int VERSION = 1;

    private final EvaluationFolder folder;
    private final EvaluateRequest request;
    private final List<List<Shot>> batches;
    private final Map<String, List<JsonNode>> pictures = new LinkedHashMap<>();
    private final ObjectNode root = JSON.createObjectNode();

    public EvaluationReport(EvaluationFolder folder, EvaluateRequest request, List<List<Shot>> batches) {
        this.folder = folder;
        this.request = request;
        this.batches = batches;
    }

    /**
     * Reads everything.
     *
     * @param name     of the pipeline, for titles
     * @param identity what the pictures are of
     * @param machine  hardware and versions by name
     * @param width    pixels of each picture
     * @param height   pixels of each picture
     */
    public ObjectNode build(String name, ObjectNode identity, Map<String, String> machine, Perceptual perceptual, int width, int height)
        throws IOException {
        root.put("version", VERSION);
        root.put("name", name);
        root.setAll(identity);
        ObjectNode metrics = root.putObject("metrics");
        List<Double> weights = MsSsim.weights(Math.min(width, height));
        ObjectNode msSsim = metrics.putObject("msSsim").put("scales", weights.size()).put("usualScales", MsSsim.USUAL_SCALES);
        weights.forEach(msSsim.putArray("weights")::add);
        perceptual.describe(metrics);
        root.set("reference", variant(EvaluationFolder.REFERENCE, EvaluationFolder.REFERENCE, perceptual));
        ArrayNode variants = root.putArray("variants");
        for (EvaluateRequest.Variant variant : request.variants()) {
            variants.add(variant(variant.name(), variant.fileName(), perceptual));
        }
        root.set("magnitudes", EvaluationFolder.read(folder.file(EvaluationFolder.REFERENCE, "magnitudes.json")).path("layers"));
        ObjectNode facts = root.putObject("machine");
        machine.forEach(facts::put);
        return root;
    }

    private ObjectNode variant(String name, String fileName, Perceptual perceptual) throws IOException {
        ObjectNode node = JSON.createObjectNode().put("name", name);
        node.setAll((ObjectNode) EvaluationFolder.read(folder.file(fileName, "variant.json")));
        List<JsonNode> its = new ArrayList<>();
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < batches.size(); i++) {
            JsonNode batch = EvaluationFolder.read(folder.batch(fileName, i));
            batch.path("pictures").forEach(its::add);
            // the first call of a batch warms up
            for (int call = Math.min(1, batch.path("millis").size() - 1); call < batch.path("millis").size(); call++) {
                millis.add(batch.path("millis").get(call).doubleValue());
            }
        }
        for (JsonNode picture : its) {
            perceptual.put(fileName, (ObjectNode) picture);
        }
        pictures.put(name, its);
        node.set("latency", latency(millis));
        ObjectNode summary = node.putObject("summary");
        for (String metric : List.of("psnr", "ssim", "msSsim", "lpips", "clip")) {
            if (its.get(0).has(metric)) {
                Sample.of(its.stream().map(picture -> Measurements.get(picture.path(metric))).toList()).put(summary, metric);
            }
        }
        if (its.get(0).has("cosine")) {
            means(node, its, "cosine");
            means(node, its, "relativeError");
        }
        Path layers = folder.file(fileName, "layers.json");
        if (Files.isRegularFile(layers)) {
            node.set("layers", EvaluationFolder.read(layers));
        }
        node.putArray("pictures").addAll(its);
        return node;
    }

    private static ObjectNode latency(List<Double> millis) {
        List<Double> sorted = millis.stream().sorted().toList();
        int n = sorted.size();
        double median = n % 2 == 1 ? sorted.get(n / 2) : (sorted.get(n / 2 - 1) + sorted.get(n / 2)) / 2;
        return JSON.createObjectNode().put("calls", n).put("medianMillis", median)
            .put("p95Millis", sorted.get((int) Math.ceil(0.95 * n) - 1));
    }

    /** The mean over the pictures, for each call. */
    private static void means(ObjectNode node, List<JsonNode> its, String name) {
        ArrayNode means = node.putArray(name);
        for (int call = 0; call < its.get(0).path(name).size(); call++) {
            double sum = 0;
            for (JsonNode picture : its) {
                sum += picture.path(name).get(call).doubleValue();
            }
            means.add(sum / its.size());
        }
    }

    /** Holds every variant's pictures against the gate, and notes which fail. */
    public Gate judge() {
        Gate gate = new Gate(request.gate());
        for (EvaluateRequest.Variant variant : request.variants()) {
            for (JsonNode picture : pictures.get(variant.name())) {
                gate.judge(variant.name() + ", prompt \"" + request.sampling().prompts().get(picture.path("prompt").intValue())
                    + "\", seed "
                    + picture.path("seed").longValue(), Measurements.get(picture.path("psnr")), Measurements.get(picture.path("ssim")),
                    Measurements.get(picture.path("lpips")));
            }
        }
        ObjectNode node = root.putObject("gate");
        Measurements.put(node, "minPsnr", request.gate().minPsnr());
        Measurements.put(node, "minSsim", request.gate().minSsim());
        Measurements.put(node, "maxLpips", request.gate().maxLpips());
        ArrayNode failures = node.putArray("failures");
        gate.failures().forEach(failures::add);
        return gate;
    }

    /** The variants' figures. */
    public List<EvaluateResult.Variant> variants() {
        List<EvaluateResult.Variant> results = new ArrayList<>();
        for (JsonNode variant : root.path("variants")) {
            JsonNode summary = variant.path("summary");
            results.add(new EvaluateResult.Variant(variant.path("name").textValue(), variant.path("pictures").size(),
                Measurements.get(summary.at("/psnr/mean")), Measurements.get(summary.at("/psnr/least")),
                Measurements.get(summary.at("/ssim/mean")),
                Measurements.get(summary.at("/msSsim/mean")), Measurements.get(summary.at("/lpips/mean")),
                Measurements.get(summary.at("/clip/mean")),
                variant.at("/latency/medianMillis").doubleValue(), variant.path("bytes").longValue(), variant.path("note").asText()));
        }
        return results;
    }
}
