package io.halftone.shell.internal;

import io.halftone.api.EvaluateRequest.Full;
import io.halftone.api.EvaluateRequest.Quantized;
import io.halftone.api.EvaluateRequest.Restored;
import io.halftone.api.EvaluateRequest.Variant;
import io.halftone.api.Halftone;
import io.halftone.api.PipelineSource;
import io.halftone.api.PlanRequest;
import io.halftone.api.QuantSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Variants as they are written: {@code full}, FORMAT:LEVEL, FORMAT:LEVEL:ALGORITHM, or the path of a checkpoint or of a folder with one,
 * each with @ENGINE behind it where an engine runs it, and commas between them. A level of * stands for every level at which the format
 * quantizes something. Commas belong to a path where there is something at it.
 */
final class VariantList {
    private static final int MOST_PIECES = 256;

    private static final List<String> LEVELS = List.of("1", "2", "2.5", "3", "4");
    private static final String ALL = "*";

    private final Halftone halftone;
    private final PipelineSource source;
    private final UnaryOperator<String> path;

    /**
     * @param path makes a path absolute
     */
    VariantList(Halftone halftone, PipelineSource source, UnaryOperator<String> path) {
        this.halftone = halftone;
        this.source = source;
        this.path = path;
    }

    /** The variants beside full precision on libtorch, which is always there. */
    List<Variant> of(String text) {
        List<Variant> variants = new ArrayList<>();
        for (String item : items(text)) {
            String name = item.strip();
            String what = what(name);
            String engine = name.length() == what.length() ? "" : name.substring(what.length() + 1);
            if (what.isEmpty() || engine.isEmpty() && !name.equals(what)) {
                throw refused(item);
            }
            if (what.equals("full")) {
                if (!engine.isEmpty()) {
                    variants.add(new Full(name, engine));
                }
            } else if (what.endsWith(".safetensors") || what.endsWith(".json") || what.endsWith(".pt") || isFolder(what)) {
                Path file = Path.of(path.apply(what));
                variants.add(new Restored(named(file, 1, engine), file.toString(), engine));
            } else {
                variants.addAll(quantized(item, what, engine));
            }
        }
        return apart(variants);
    }

    /** The pieces between commas, joined where together they are the path of something. */
    private List<String> items(String text) {
        List<String> pieces = List.of(text.split(",", -1));
        if (pieces.size() > MOST_PIECES) {
            throw new IllegalArgumentException("variants: found " + pieces.size() + " between commas; expected at most " + MOST_PIECES);
        }
        List<String> items = new ArrayList<>();
        for (int i = 0; i < pieces.size(); i++) {
            int last = pieces.size() - 1;
            while (last > i && !isThere(String.join(",", pieces.subList(i, last + 1)))) {
                last--;
            }
            items.add(String.join(",", pieces.subList(i, last + 1)));
            i = last;
        }
        return items;
    }

    private boolean isThere(String joined) {
        String name = joined.strip();
        String what = what(name);
        return !what.isEmpty() && name.indexOf(',', what.length()) < 0 && Files.exists(Path.of(path.apply(what)));
    }

    /** What an engine is to run: all before the @ in the last name of a path; a folder may have one in its name. */
    private static String what(String name) {
        int at = name.indexOf('@', name.lastIndexOf('/') + 1);
        return at < 0 ? name : name.substring(0, at);
    }

    /** Whether it is a folder that is there, and not what a format is written as. */
    private boolean isFolder(String what) {
        return (what.contains("/") || !what.contains(":")) && Files.isDirectory(Path.of(path.apply(what)));
    }

    /** A checkpoint by that many of the last names of its path. */
    private static String named(Path file, int names, String engine) {
        int count = file.getNameCount();
        return (count == 0 ? file : file.subpath(Math.max(0, count - names), count)) + (engine.isEmpty() ? "" : "@" + engine);
    }

    /** Checkpoints of one name get so much of their paths before it that they differ; one that is there twice stays so. */
    private static List<Variant> apart(List<Variant> variants) {
        List<Variant> apart = new ArrayList<>();
        for (Variant variant : variants) {
            if (!(variant instanceof Restored restored)) {
                apart.add(variant);
                continue;
            }
            Path file = Path.of(restored.checkpoint());
            int names = 1;
            while (names < file.getNameCount() && isShared(variants, restored, file, names)) {
                names++;
            }
            apart.add(new Restored(named(file, names, restored.engine()), restored.checkpoint(), restored.engine()));
        }
        return apart;
    }

    private static boolean isShared(List<Variant> variants, Restored restored, Path file, int names) {
        return variants.stream().filter(Restored.class::isInstance).map(Restored.class::cast)
            .filter(other -> !other.checkpoint().equals(restored.checkpoint()) && other.engine().equals(restored.engine()))
            .anyMatch(other -> named(Path.of(other.checkpoint()), names, "").equals(named(file, names, "")));
    }

    private List<Variant> quantized(String item, String what, String engine) {
        String[] parts = what.split(":", -1);
        if (parts.length < 2 || parts.length > 3 || List.of(parts).contains("")) {
            throw refused(item);
        }
        String behind = (parts.length == 3 ? ":" + parts[2] : "") + (engine.isEmpty() ? "" : "@" + engine);
        List<Variant> variants = new ArrayList<>();
        IllegalArgumentException last = null;
        for (String level : parts[1].equals(ALL) ? LEVELS : List.of(parts[1])) {
            QuantSettings settings = new Quantization(parts[0], level, false, null, parts.length == 3 ? parts[2] : null, null, null, null,
                null, false,
                Quantization.NO_RECIPE).settings(halftone, source.model());
            try {
                if (parts[1].equals(ALL)) {
                    halftone.plan(new PlanRequest(source.path(), source.path().isEmpty() ? source.model() : "", "", settings));
                }
                variants.add(new Quantized(parts[0] + ":" + settings.level().name() + behind, settings, engine));
            } catch (IllegalArgumentException e) {
                last = e;   // a level that quantizes nothing, or what keeps all of them from it
            }
        }
        if (variants.isEmpty() && last != null) {
            throw last;
        }
        return variants;
    }

    private static IllegalArgumentException refused(String item) {
        return new IllegalArgumentException("variants: found \"" + item
            + "\"; expected full, FORMAT:LEVEL, FORMAT:LEVEL:ALGORITHM or a checkpoint, "
            + "with @ENGINE behind it or without, such as full,int8:3,fp8:4@onnxruntime");
    }
}
