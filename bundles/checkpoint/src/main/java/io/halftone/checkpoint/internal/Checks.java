package io.halftone.checkpoint.internal;

import io.halftone.checkpoint.Form;
import io.halftone.ops.DType;
import io.halftone.ops.Parameters;
import io.halftone.ops.Parameters.Info;
import io.halftone.quant.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Holds a checkpoint's tensors against its manifest; every problem is listed. */
public final class Checks {
    private final Manifest manifest;
    private final Parameters file;
    private final List<String> problems = new ArrayList<>();

    private Checks(Manifest manifest, Parameters file) {
        this.manifest = manifest;
        this.file = file;
    }

    /** What is missing, contradictory or too much. */
    public static List<String> of(Manifest manifest, Parameters file) {
        Checks checks = new Checks(manifest, file);
        manifest.layers().forEach(checks::layer);
        checks.nothingElse();
        return checks.problems;
    }

    private void layer(String layer, LayerEntry entry) {
        entry.amax().forEach((slot, count) -> {
            String name = layer + "." + slot.suffix() + LayerEntry.AMAX;
            if (vector(name, count)) {
                values(name, 0, "finite and >= 0");
            }
        });
        entry.vectors().forEach((name, count) -> {
            if (vector(layer + "." + name, count)) {
                values(layer + "." + name, -Float.MAX_VALUE, "finite");
            }
        });
        entry.extras().forEach(name -> present(layer + "." + name));
        entry.parameters().forEach(name -> present(layer + "." + name));
        entry.codec().ifPresent(codec -> codec.tensors().forEach((part, info) -> {
            String name = layer + "." + part;
            if (info(name, info) && info.dtype() == DType.FLOAT32) {
                values(name, Float.MIN_VALUE, "finite and > 0");
            }
        }));
        entry.change().ifPresent(change -> {
            if (!entry.vectors().containsKey(change.vector())) {
                problems.add(layer + ".weight: found it divided by " + change.vector() + "; expected one of the layer's vectors");
            }
        });
        if (entry.codec().isEmpty() && entry.rounded().contains(Slot.WEIGHT) && manifest.form() != Form.STATE_ONLY) {
            present(layer + "." + Codec.WEIGHT);
        }
    }

    private boolean present(String name) {
        if (!file.names().contains(name)) {
            problems.add(name + ": found none; expected it");
            return false;
        }
        return true;
    }

    private boolean info(String name, Info expected) {
        if (!present(name)) {
            return false;
        }
        if (!file.info(name).equals(expected)) {
            problems.add(name + ": found " + file.info(name) + "; expected " + expected);
            return false;
        }
        return true;
    }

    private boolean vector(String name, int count) {
        if (count < 1) {
            problems.add(name + ": found " + count + " values announced; expected at least one");
            return false;
        }
        return info(name, new Info(DType.FLOAT32, new long[] {count}));
    }

    private void values(String name, float least, String expected) {
        for (float value : file.read(name).toFloats()) {
            if (!(value >= least) || Float.isInfinite(value)) {
                problems.add(name + ": found " + value + "; expected values " + expected);
                return;
            }
        }
    }

    /** A state alone has no tensor that the manifest does not speak of. */
    private void nothingElse() {
        if (manifest.form() != Form.STATE_ONLY) {
            return;
        }
        Set<String> rest = new TreeSet<>(file.names());
        for (Map.Entry<String, LayerEntry> layer : manifest.layers().entrySet()) {
            LayerEntry entry = layer.getValue();
            entry.ownNames().forEach(name -> rest.remove(layer.getKey() + "." + name));
            entry.parameters().forEach(name -> rest.remove(layer.getKey() + "." + name));
            rest.remove(layer.getKey() + "." + Codec.WEIGHT);
        }
        rest.forEach(name -> problems.add(name + ": found a tensor; expected none in a checkpoint of the state only"));
    }
}
