package io.halftone.onnx.internal;

import io.halftone.export.ModelReport.DataFile;
import io.halftone.export.ModelReport.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Adds up where a model's tensors are, and finds those that are not where it says. Opens no file: sizes tell. */
final class StoredWeights {
    private final Path folder;
    private final List<String> problems;
    private final Map<String, Long> bytesByType = new TreeMap<>();
    private final Map<String, Extent> files = new TreeMap<>();
    private int tensors;
    private long elements;
    private long inline;
    private long external;

    /** What is needed of a file. */
    private record Extent(long end, String last, int tensors) {
        Extent with(long other, String name) {
            return new Extent(Math.max(end, other), other > end ? name : last, tensors + 1);
        }
    }

    /**
     * @param folder   the model's
     * @param problems takes a line for each tensor and file that is not as it should be
     */
    StoredWeights(Path folder, List<String> problems) {
        this.folder = folder;
        this.problems = problems;
    }

    /** Adds the tensors of a graph and of those in its nodes. */
    void add(Outline.Graph graph) {
        graph.initializers().forEach(this::add);
        graph.nodes().forEach(node -> node.graphs().forEach(this::add));
    }

    private void add(Outline.Tensor tensor) {
        long expected = ElementTypes.bytes(tensor.type(), tensor.dims());
        long count = ElementTypes.elements(tensor.dims());
        tensors++;
        elements += Math.max(0, count);
        if (count < 0) {
            problems.add(tensor.name() + ": found dimensions " + tensor.dims() + "; expected extents >= 0");
        }
        long bytes = tensor.isExternal() ? external(tensor, expected) : inline(tensor, expected);
        bytesByType.merge(ElementTypes.name(tensor.type()), bytes, Long::sum);
    }

    private long inline(Outline.Tensor tensor, long expected) {
        if (tensor.raw() && expected >= 0 && tensor.inline() != expected) {
            problems.add(tensor.name() + ": found " + tensor.inline() + " bytes; expected " + expected + " for " + described(tensor));
        }
        inline += tensor.inline();
        return tensor.inline();
    }

    private long external(Outline.Tensor tensor, long expected) {
        String location = tensor.external().get("location");
        Optional<Path> file = inside(location);
        Optional<Long> offset = number(tensor, "offset", 0);
        Optional<Long> length = number(tensor, "length", Math.max(0, expected));
        if (file.isEmpty()) {
            problems.add(tensor.name() + ": found location " + location + "; expected a file in the model's folder");
        }
        if (file.isEmpty() || offset.isEmpty() || length.isEmpty()) {
            return 0;
        }
        if (expected >= 0 && length.get() != expected) {
            problems.add(tensor.name() + ": found " + length.get() + " bytes in " + location + "; expected " + expected + " for " + described(tensor));
        }
        files.put(location, files.getOrDefault(location, new Extent(0, "", 0)).with(offset.get() + length.get(), tensor.name()));
        external += length.get();
        return length.get();
    }

    /** The file of a location; empty where it is none in the model's folder. */
    private Optional<Path> inside(String location) {
        try {
            Path file = folder.resolve(location).normalize();
            boolean inside = !location.isBlank() && !Path.of(location).isAbsolute() && file.startsWith(folder) && !file.equals(folder);
            return inside ? Optional.of(file) : Optional.empty();
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private Optional<Long> number(Outline.Tensor tensor, String key, long absent) {
        String text = tensor.external().getOrDefault(key, Long.toString(absent));
        if (!text.matches("\\d{1,18}")) {
            problems.add(tensor.name() + ": found " + key + " " + text + "; expected a whole number >= 0");
            return Optional.empty();
        }
        return Optional.of(Long.parseLong(text));
    }

    private static String described(Outline.Tensor tensor) {
        return ElementTypes.name(tensor.type()) + " " + tensor.dims();
    }

    /** The sums, with a problem for each file that is missing or too short. Called once, at the end. */
    Weights sum() throws IOException {
        List<DataFile> found = new ArrayList<>();
        for (var entry : files.entrySet()) {
            Path file = folder.resolve(entry.getKey());
            Extent needed = entry.getValue();
            long size = Files.isRegularFile(file) ? Files.size(file) : -1;
            if (size < 0) {
                problems.add(entry.getKey() + ": found no such file beside the model; expected the data of " + needed.tensors() + " tensors, "
                    + needed.end() + " bytes");
            } else if (size < needed.end()) {
                problems.add(entry.getKey() + ": found " + size + " bytes; expected at least " + needed.end() + ", the end of " + needed.last());
            }
            found.add(new DataFile(entry.getKey(), needed.end(), size, needed.tensors()));
        }
        return new Weights(tensors, elements, bytesByType, inline, external, found);
    }
}
