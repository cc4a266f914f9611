package io.halftone.core.internal.evaluate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halftone.core.internal.Plugins;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.quantize.Digests;
import io.halftone.imaging.Picture;
import io.halftone.imaging.Png;
import io.halftone.metrics.Lpips;
import io.halftone.metrics.LpipsNetwork;
import io.halftone.ops.DType;
import io.halftone.ops.EagerRuntime;
import io.halftone.safetensors.Safetensors;
import io.halftone.safetensors.SafetensorsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What networks say of pictures, as they lie in files; nothing where no network is given. What was measured is not measured again. */
public final class Perceptual {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int DIGITS = 12;

    private final EvaluationFolder folder;
    private final List<List<Shot>> batches;
    private final Map<String, String> about = new TreeMap<>();
    private final Map<String, Map<String, Double>> measured = new TreeMap<>();

    public Perceptual(EvaluationFolder folder, List<List<Shot>> batches) {
        this.folder = folder;
        this.batches = batches;
    }

    /**
     * Measures the LPIPS distance of every variant's pictures.
     *
     * @param weights  safetensors; empty to measure nothing
     * @param variants by the names of their folders
     */
    public void lpips(String weights, List<String> variants, EagerRuntime runtime, Monitor monitor) throws IOException {
        if (weights.isEmpty()) {
            return;
        }
        Path file = Path.of(weights);
        String digest = Digests.sha256(file);
        try (Safetensors parameters = SafetensorsFiles.open(file)) {
            LpipsNetwork network = LpipsNetwork.of(weights, parameters);
            about.put("lpips", "LPIPS is the learned perceptual distance with " + network.title() + " (weights SHA-256 " + digest
                + "), on the pictures rounded to 8 bits: 0 for equal pictures.");
            measure("lpips", digest, variants, false, (pending, values, path) -> runtime.run(new EagerRuntime.Task<Void>() {
                @Override
                public <T> Void run(EagerRuntime.Context<T> context) throws IOException {
                    var lpips = new Lpips<>(context.ops(parameters, DType.FLOAT32), network);
                    for (Pending one : pending) {
                        Picture reference = Png.read(folder.picture(EvaluationFolder.REFERENCE, one.shot()));
                        values.put(one.file(), lpips.distance(reference, Png.read(folder.picture(one.variant(), one.shot()))));
                        save(path, values);
                        monitor.progress("LPIPS", values.size(), one.of(), "picture");
                    }
                    return null;
                }
            }));
        }
    }

    /**
     * Measures the CLIP score of every picture and its prompt.
     *
     * @param model a CLIP model's folder; empty to measure nothing
     */
    public void clip(String model, List<String> variants, List<String> prompts, EagerRuntime runtime, Plugins plugins, Monitor monitor)
        throws IOException {
        if (model.isEmpty()) {
            return;
        }
        try (ClipModel clip = ClipModel.open(Path.of(model), plugins)) {
            about.put("clip", "The CLIP score is 100 times the cosine of a picture's and its prompt's embedding by "
                + Path.of(model).getFileName()
                + " (weights SHA-256 " + clip.digest()
                + "); it says how well a picture fits its prompt, not how like full precision it is.");
            measure("clip", clip.digest(), variants, true, (pending, values, path) -> runtime.run(new EagerRuntime.Task<Void>() {
                @Override
                public <T> Void run(EagerRuntime.Context<T> context) throws IOException {
                    var ops = context.ops(clip.parameters(), DType.FLOAT32);
                    for (Pending one : pending) {
                        values.put(one.file(), clip.score(ops, Png.read(folder.picture(one.variant(), one.shot())),
                            prompts.get(one.shot().prompt())));
                        save(path, values);
                        monitor.progress("CLIP score", values.size(), one.of(), "picture");
                    }
                    return null;
                }
            }));
        }
    }

    /** A picture that was not measured yet, one of so many. */
    private record Pending(String variant, Shot shot, String file, int of) {}

    /** Measures pictures. */
    private interface Measuring {
        void measure(List<Pending> pending, Map<String, Double> values, Path path) throws IOException;
    }

    private void measure(String metric, String digest, List<String> variants, boolean reference, Measuring measuring) throws IOException {
        Path path = folder.file(EvaluationFolder.REFERENCE, metric + "-" + digest.substring(0, DIGITS) + ".json");
        Map<String, Double> values = new TreeMap<>();
        if (Files.isRegularFile(path)) {
            EvaluationFolder.read(path).fields().forEachRemaining(entry -> values.put(entry.getKey(), Measurements.get(entry.getValue())));
        }
        List<String> all = new ArrayList<>(variants);
        if (reference) {
            all.add(0, EvaluationFolder.REFERENCE);
        }
        int count = all.size() * batches.stream().mapToInt(List::size).sum();
        List<Pending> pending = new ArrayList<>();
        for (String variant : all) {
            for (List<Shot> batch : batches) {
                for (Shot shot : batch) {
                    String file = EvaluationFolder.pictureName(variant, shot);
                    if (!values.containsKey(key(variant, file))) {
                        pending.add(new Pending(variant, shot, key(variant, file), count));
                    }
                }
            }
        }
        if (!pending.isEmpty()) {
            measuring.measure(pending, values, path);
        }
        measured.put(metric, values);
    }

    /** A picture that was made anew under the same name is another one. */
    private String key(String variant, String file) throws IOException {
        return file + " " + Digests.sha256(folder.path().resolve(file)).substring(0, DIGITS);
    }

    private static void save(Path path, Map<String, Double> values) throws IOException {
        EvaluationFolder.write(path, JSON.valueToTree(values));
    }

    /** Says which networks there are. */
    void describe(ObjectNode metrics) {
        about.forEach((metric, text) -> metrics.putObject(metric).put("about", text));
    }

    /** Adds what is known of a picture. */
    void put(String variant, ObjectNode picture) throws IOException {
        JsonNode file = picture.path("file");
        for (Map.Entry<String, Map<String, Double>> metric : measured.entrySet()) {
            Double value = metric.getValue().get(key(variant, file.textValue()));
            if (value != null) {
                Measurements.put(picture, metric.getKey(), value);
            }
        }
    }
}
