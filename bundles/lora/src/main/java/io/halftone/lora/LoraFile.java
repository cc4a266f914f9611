package io.halftone.lora;

import io.halftone.ops.CheckpointException;
import io.halftone.ops.DType;
import io.halftone.ops.Parameters;
import io.halftone.safetensors.SafetensorsFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * A LoRA in a safetensors file, in the spellings of peft, diffusers and kohya. Keys and shapes are read when it is opened,
 * factors when they are asked for. Safe for use by several threads until it is closed.
 */
public final class LoraFile implements AutoCloseable {
    private final Path path;
    private final SafetensorsFile file;
    private final List<LoraPart> parts;
    private final List<String> unmatched;
    private final List<LoraPair> pairs = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    private LoraFile(Path path, SafetensorsFile file) {
        this.path = path;
        this.file = file;
        List<LoraPart> found = new ArrayList<>();
        List<String> others = new ArrayList<>();
        SortedMap<String, List<String>> methods = new TreeMap<>();
        for (String key : file.names()) {
            Optional<String> method = LoraPart.otherMethod(key);
            Optional<LoraPart> part = LoraPart.parse(key);
            if (method.isPresent()) {
                methods.computeIfAbsent(method.get(), m -> new ArrayList<>()).add(key);
            } else if (part.isPresent()) {
                found.add(part.get());
            } else {
                others.add(key);
            }
        }
        parts = List.copyOf(found);
        unmatched = List.copyOf(others);
        methods.forEach((method, keys) -> problems.add(path + ": found " + method + " (" + String.join(", ", keys)
            + "); expected LoRA alone: other methods are not supported"));
        if (parts.isEmpty() && methods.isEmpty()) {
            problems.add(path + ": found none of its " + file.names().size() + " keys to be a LoRA's; expected lora_A and lora_B,"
                + " or lora_down and lora_up");
        }
        pair(AdapterSettings.read(path, file.metadata()));
    }

    /**
     * Opens a file and checks that it is a LoRA and whole: each layer has both its factors, once, of shapes that fit each other.
     *
     * @throws CheckpointException if it is no safetensors file, or with everything that is wrong with it: keys that are none of a
     *     LoRA, keys of another method, missing or second factors, types, shapes, ranks and alphas
     */
    public static LoraFile open(Path path) {
        LoraFile lora = scan(path);
        List<String> all = new ArrayList<>(lora.problems);
        if (!lora.unmatched.isEmpty()) {
            all.add(path + ": found unmatched keys " + String.join(", ", lora.unmatched) + "; expected keys of a LoRA alone");
        }
        if (!all.isEmpty()) {
            lora.close();
            throw new CheckpointException(String.join("\n", all));
        }
        return lora;
    }

    /** The same, with what is wrong kept in {@link #problems} and {@link #unmatched}. */
    static LoraFile scan(Path path) {
        SafetensorsFile file = SafetensorsFile.open(path);
        try {
            return new LoraFile(path, file);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private void pair(AdapterSettings settings) {
        SortedMap<String, List<LoraPart>> layers = new TreeMap<>();
        parts.forEach(part -> layers.computeIfAbsent(part.layer(), layer -> new ArrayList<>()).add(part));
        layers.forEach((layer, of) -> {
            try {
                pairs.add(pair(layer, of, settings));
            } catch (CheckpointException e) {
                problems.add(e.getMessage());
            }
        });
    }

    private LoraPair pair(String layer, List<LoraPart> of, AdapterSettings settings) {
        String down = only(layer, of, LoraPart.Kind.DOWN).orElse("");
        String up = only(layer, of, LoraPart.Kind.UP).orElse("");
        Optional<String> alphaKey = only(layer, of, LoraPart.Kind.ALPHA);
        List<String> keys = of.stream().map(LoraPart::key).toList();
        if (down.isEmpty() || up.isEmpty()) {
            throw new CheckpointException(path + ": " + layer + ": found " + String.join(", ", keys) + " without "
                + (down.isEmpty() && up.isEmpty() ? "factors" : down.isEmpty() ? "the first factor" : "the second factor")
                + "; expected both factors");
        }
        long[] a = factor(down).shape();
        long[] b = factor(up).shape();
        boolean flat = b.length == 2 || b.length == 4 && b[2] == 1 && b[3] == 1;
        if (a.length != 2 && a.length != 4 || !flat || a[0] != b[1] || LongStream.of(a).anyMatch(extent -> extent == 0) || b[0] == 0) {
            throw new CheckpointException(path + ": " + layer + ": found " + file.info(down) + " and " + file.info(up)
                + "; expected (rank, in) and (out, rank), or (rank, in, height, width) and (out, rank, 1, 1)");
        }
        List<Long> inner = new ArrayList<>();
        for (int i = 1; i < a.length; i++) {
            inner.add(a[i]);
        }
        LoraPair pair = new LoraPair(layer, keys, down, up, b[0], a[0], inner, 0);
        long most = Math.max(b[0], pair.columns());
        if (a[0] > most) {
            throw new CheckpointException(path + ": " + layer + ": found rank " + a[0] + "; expected at most " + most
                + ", the layer's larger side");
        }
        double alpha = alphaKey.isPresent() ? scalar(alphaKey.get()) : settings.alpha(layer).orElse(a[0]);
        if (!(alpha > 0) || Double.isInfinite(alpha)) {
            throw new CheckpointException(path + ": " + layer + ": found alpha " + alpha + "; expected a finite number above 0");
        }
        return new LoraPair(layer, keys, down, up, b[0], a[0], inner, settings.factor(layer, alpha, a[0]));
    }

    private Optional<String> only(String layer, List<LoraPart> of, LoraPart.Kind kind) {
        List<String> keys = of.stream().filter(part -> part.kind() == kind).map(LoraPart::key).toList();
        if (keys.size() > 1) {
            throw new CheckpointException(path + ": " + layer + ": found " + String.join(" and ", keys) + "; expected one of them");
        }
        return keys.stream().findFirst();
    }

    private Parameters.Info factor(String key) {
        Parameters.Info info = file.info(key);
        if (!info.dtype().isCompute()) {
            throw new CheckpointException(path + ": " + key + ": found " + info.dtype() + "; expected FLOAT32, FLOAT16 or BFLOAT16");
        }
        return info;
    }

    private double scalar(String key) {
        Parameters.Info info = file.info(key);
        boolean number = info.dtype().isCompute() || info.dtype() == DType.FLOAT64 || info.dtype() == DType.INT64;
        if (!number || info.byteLength() != info.dtype().bytes()) {
            throw new CheckpointException(path + ": " + key + ": found " + info + "; expected one number");
        }
        return file.read(key).toFloats()[0];
    }

    /** The path that the file was opened by. */
    public Path path() {
        return path;
    }

    /** The tensors that are a LoRA's, by key. */
    public List<LoraPart> parts() {
        return parts;
    }

    /** The layers that have both factors, in order. */
    List<LoraPair> pairs() {
        return Collections.unmodifiableList(pairs);
    }

    /** The keys that are none of a LoRA. */
    List<String> unmatched() {
        return unmatched;
    }

    /** What else is wrong, each in a sentence. */
    List<String> problems() {
        return Collections.unmodifiableList(problems);
    }

    /**
     * The elements of a factor.
     *
     * @throws CheckpointException if one is not finite
     */
    double[] values(String key) {
        float[] floats = file.read(key).toFloats();
        double[] values = new double[floats.length];
        for (int i = 0; i < floats.length; i++) {
            if (!Float.isFinite(floats[i])) {
                throw new CheckpointException(path + ": " + key + ": found " + floats[i] + "; expected finite values");
            }
            values[i] = floats[i];
        }
        return values;
    }

    @Override
    public void close() {
        file.close();
    }
}
