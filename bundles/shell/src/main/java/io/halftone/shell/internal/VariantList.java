package io.halftone.shell.internal;

import io.halftone.api.EvaluateRequest.Full;
import io.halftone.api.EvaluateRequest.Quantized;
import io.halftone.api.EvaluateRequest.Restored;
import io.halftone.api.EvaluateRequest.Variant;
import io.halftone.api.Halftone;
import io.halftone.api.PipelineSource;
import io.halftone.api.PlanRequest;
import io.halftone.api.QuantSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Variants as they are written: {@code full}, FORMAT:LEVEL, FORMAT:LEVEL:ALGORITHM, or the path of a checkpoint, each with @ENGINE behind it
 * where an engine runs it, and commas between them. A level of * stands for every level at which the format quantizes something.
 */
final class VariantList {
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
        for (String item : text.split(",", -1)) {
            String name = item.strip();
            int at = name.indexOf('@', name.lastIndexOf('/') + 1);   // a folder may have one in its name
            String engine = at < 0 ? "" : name.substring(at + 1);
            String what = at < 0 ? name : name.substring(0, at);
            if (what.isEmpty() || at >= 0 && engine.isEmpty()) {
                throw refused(item);
            }
            if (what.equals("full")) {
                if (!engine.isEmpty()) {
                    variants.add(new Full(name, engine));
                }
            } else if (what.endsWith(".safetensors") || what.endsWith(".json") || what.endsWith(".pt")) {
                variants.add(new Restored(name.substring(Math.max(name.lastIndexOf('/'), 0)).replaceFirst("^/", ""), path.apply(what),
                    engine));
            } else {
                variants.addAll(quantized(item, what, engine));
            }
        }
        return variants;
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
