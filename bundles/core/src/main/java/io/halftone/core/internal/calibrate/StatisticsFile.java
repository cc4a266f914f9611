package io.halftone.core.internal.calibrate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halftone.core.internal.quantize.Digests;
import io.halftone.ops.CheckpointException;
import io.halftone.ops.DType;
import io.halftone.ops.Parameters;
import io.halftone.ops.TensorView;
import io.halftone.quant.Site;
import io.halftone.quant.Slot;
import io.halftone.quant.Statistics;
import io.halftone.safetensors.SafetensorsFile;
import io.halftone.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Partial statistics as a safetensors file: a tensor {@code SITE/NAME} for each array, int64 or float32, and in the metadata what
 * they are of, which collector folded each site, and which batches are in.
 */
public final class StatisticsFile {
    private static final String KEY = "halftone_statistics";
    private static final int VERSION = 1;
    /** Histograms of a thousand layers have a fiftieth of it. */
    private static final long MOST_BYTES = 1L << 30;
    /** Of the heap: several files are merged. */
    private static final int HEAP_PARTS = 4;
    private static final ObjectMapper JSON = new ObjectMapper();

    private StatisticsFile() {}

    /**
     * What a file holds.
     *
     * @param statistics the statistics
     * @param collectors name of the collector that folded each site
     */
    public record Content(PartialStatistics statistics, Map<Site, String> collectors) {}

    /** Writes a file; it replaces one of that name when it is whole. */
    static void write(Path target, Content content) throws IOException {
        PartialStatistics statistics = content.statistics();
        Map<String, TensorView> tensors = new TreeMap<>();
        ObjectNode root = JSON.createObjectNode().put("version", VERSION).put("digest", statistics.digest()).put("total", statistics.total());
        ArrayNode batches = root.putArray("batches");
        statistics.batches().forEach(batches::add);
        ArrayNode sites = root.putArray("sites");
        statistics.sites().forEach((site, seen) -> {
            sites.addObject().put("layer", site.layer()).put("slot", site.slot().name()).put("collector", content.collectors().get(site));
            seen.counts().forEach((name, counts) -> tensors.put(site.name() + "/" + name, TensorView.ofLongs(counts, counts.length)));
            seen.values().forEach((name, values) -> tensors.put(site.name() + "/" + name, TensorView.ofFloats(values, values.length)));
        });
        root.put("sha256", digest(tensors));
        Map<String, Parameters.Info> infos = new TreeMap<>();
        tensors.forEach((name, view) -> infos.put(name, new Parameters.Info(view.dtype(), view.shape())));
        try (SafetensorsWriter writer = SafetensorsWriter.create(target, infos, Map.of(KEY, root.toString()))) {
            for (String name : writer.names()) {
                writer.write(name, tensors.get(name));
            }
            writer.commit();
        }
    }

    /**
     * Reads a file.
     *
     * @throws CheckpointException if it is not one that {@link #write} made
     */
    public static Content read(Path path) {
        return read(path, Runtime.getRuntime().maxMemory());
    }

    /**
     * Reads a file in so much heap.
     *
     * @param heap bytes
     */
    static Content read(Path path, long heap) {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            String json = file.metadata().get(KEY);
            if (json == null) {
                throw wrong(path, "a safetensors file without an entry " + KEY);
            }
            return content(path, JSON.readTree(json), file, heap);
        } catch (JsonProcessingException e) {
            throw new CheckpointException(path + ": " + KEY + ": found " + e.getOriginalMessage() + "; expected JSON", e);
        } catch (IOException e) {
            throw new CheckpointException(path + ": found " + e + "; expected a file that can be read", e);
        }
    }

    private static Content content(Path path, JsonNode root, SafetensorsFile file, long heap) throws IOException {
        int total = root.path("total").asInt();
        if (root.path("version").asInt() != VERSION || !root.path("digest").isTextual() || total < 1 || !root.path("sites").isArray()) {
            throw wrong(path, "no digest, total and sites of version " + VERSION);
        }
        long bytes = file.names().stream().mapToLong(name -> file.info(name).byteLength()).sum();
        if (bytes > MOST_BYTES) {
            throw wrong(path, bytes + " bytes of tensors, more than " + MOST_BYTES);
        }
        if (bytes > heap / HEAP_PARTS) {
            throw new CheckpointException(path + ": found " + bytes + " bytes of tensors; expected at most " + heap / HEAP_PARTS + " in a heap of " + heap
                + ": choose a larger one, as HALFTONE_JAVA_OPTS=-Xmx8g does");
        }
        Map<String, String> digests = new TreeMap<>();
        for (String name : file.names()) {
            digests.put(name, Digests.sha256(target -> file.transfer(name, target)));
        }
        if (!joined(digests).equals(root.path("sha256").asText())) {
            throw wrong(path, "tensors with another SHA-256 than was written: the file is damaged");
        }
        SortedSet<Integer> batches = new TreeSet<>();
        for (JsonNode batch : root.path("batches")) {
            if (!batch.isInt() || batch.intValue() < 0 || batch.intValue() >= total || !batches.add(batch.intValue())) {
                throw wrong(path, "batch " + batch + " of " + total);
            }
        }
        Map<Site, Statistics> sites = new LinkedHashMap<>();
        Map<Site, String> collectors = new LinkedHashMap<>();
        for (JsonNode node : root.path("sites")) {
            Site site = site(path, node);
            if (sites.containsKey(site)) {
                throw wrong(path, "the site " + site.name() + " twice");
            }
            sites.put(site, statistics(path, site, file));
            collectors.put(site, node.path("collector").asText());
        }
        if (batches.isEmpty() && !sites.isEmpty()) {
            throw wrong(path, batches.size() + " batches and " + sites.size() + " sites");
        }
        return new Content(new PartialStatistics(root.path("digest").textValue(), total, batches, sites), collectors);
    }

    private static Site site(Path path, JsonNode node) {
        try {
            return new Site(node.path("layer").asText(), Slot.valueOf(node.path("slot").asText()));
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(path + ": " + KEY + ": found a site " + node + "; expected a layer, a slot and a collector", e);
        }
    }

    private static Statistics statistics(Path path, Site site, SafetensorsFile file) {
        String prefix = site.name() + "/";
        Map<String, long[]> counts = new TreeMap<>();
        Map<String, float[]> values = new TreeMap<>();
        for (String name : file.names()) {
            if (name.startsWith(prefix)) {
                TensorView view = file.read(name);
                String key = name.substring(prefix.length());
                if (view.dtype() == DType.INT64) {
                    long[] longs = new long[Math.toIntExact(view.count())];
                    view.bytes().asLongBuffer().get(longs);
                    counts.put(key, longs);
                } else if (view.dtype() == DType.FLOAT32) {
                    values.put(key, view.toFloats());
                } else {
                    throw wrong(path, name + " of " + view.dtype());
                }
            }
        }
        if (counts.isEmpty() && values.isEmpty()) {
            throw wrong(path, "no tensor of " + site.name());
        }
        return new Statistics(counts, values);
    }

    /** SHA-256 of all tensors with their names, hexadecimal. */
    static String digest(Map<String, TensorView> tensors) {
        Map<String, String> digests = new TreeMap<>();
        tensors.forEach((name, view) -> digests.put(name, Digests.sha256(view.bytes())));
        return joined(digests);
    }

    private static String joined(Map<String, String> digests) {
        StringBuilder text = new StringBuilder();
        digests.forEach((name, digest) -> text.append(name).append(' ').append(digest).append('\n'));
        return Digests.sha256(StandardCharsets.UTF_8.encode(text.toString()));
    }

    private static CheckpointException wrong(Path path, String found) {
        return new CheckpointException(path + ": found " + found + "; expected statistics that quantize or merge-stats wrote");
    }
}
