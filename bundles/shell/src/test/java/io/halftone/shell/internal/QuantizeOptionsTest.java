package io.halftone.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.halftone.api.QuantizeRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.karaf.shell.api.action.Option;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every option of {@code quantize} either says what is computed, and is part of what the digest is taken of, or says how that is carried
 * out. The help text has both lists.
 */
class QuantizeOptionsTest {
    private static final String WHAT = "Options that say what is computed: ";
    private static final String HOW = "Options that say how it is carried out, and what is written: ";
    private static final List<String> BASE =
        List.of("--path", "/p", "--model", "m", "--quant-algo", "svdquant", "--quantized-torch-ckpt-save-path", "/a.safetensors");

    /** A value of each option that is not what it is without it. */
    private static final Map<String, List<String>> VALUES = Map.ofEntries(
        // what
        Map.entry("--alpha", List.of("0.3")), Map.entry("--batch-size", List.of("5")), Map.entry("--calib-size", List.of("5")),
        Map.entry("--collect-method", List.of("min-mean")), Map.entry("--device", List.of("cuda:1")), Map.entry("--format", List.of("fp8")),
        Map.entry("--guidance-scale", List.of("1")),
        Map.entry("--height", List.of("64")), Map.entry("--leave-loras", List.of()), Map.entry("--lora", List.of("/a.safetensors:0.5")),
        Map.entry("--lowrank", List.of("8")), Map.entry("--model", List.of("sdxl-1.0")), Map.entry("--model-dtype", List.of("Half")),
        Map.entry("--n-steps", List.of("5")), Map.entry("--path", List.of("/q")), Map.entry("--percentile", List.of("0.5")),
        Map.entry("--policy", List.of("reference")), Map.entry("--prompts-file", List.of("/prompts.txt")),
        Map.entry("--quant-algo", List.of("max")), Map.entry("--quant-level", List.of("2")), Map.entry("--quantize-mha", List.of()),
        Map.entry("--recipe", List.of("recipe.yaml")), Map.entry("--reference-compatible",
            List.of("--quant-algo", "max", "--collect-method", "min-mean")),
        Map.entry("--seed", List.of("5")), Map.entry("--width", List.of("64")),
        // how
        Map.entry("--checkpoint-form", List.of("full")), Map.entry("--compress", List.of()), Map.entry("--distribute", List.of("other")),
        Map.entry("--hf-ckpt-dir", List.of("/hub")),
        Map.entry("--json", List.of()), Map.entry("--max-shard-size", List.of("2GB")), Map.entry("--onnx-dir", List.of("/onnx")),
        Map.entry("--onnx-weights", List.of("qdq", "--onnx-dir", "/onnx")),
        Map.entry("--ids-rank", List.of("3", "--onnx-dir", "/onnx")),
        Map.entry("--quantized-torch-ckpt-save-path", List.of("/b.safetensors")), Map.entry("--quiet", List.of()),
        Map.entry("--slice", List.of("1/1")), Map.entry("--state-only", List.of()), Map.entry("--stats-in", List.of("/1.stats")),
        Map.entry("--stats-out", List.of("/all.stats")), Map.entry("--trials", List.of("3")),
        Map.entry("--lpips-weights", List.of("/l.safetensors", "--min-psnr", "30")),
        Map.entry("--max-lpips", List.of("0.1", "--lpips-weights", "/l.safetensors")),
        Map.entry("--min-psnr", List.of("30")), Map.entry("--min-ssim", List.of("0.9")),
        Map.entry("--trt-high-precision-dtype", List.of("Float")), Map.entry("--workers", List.of("2")));

    @TempDir
    Path folder;

    private static Set<String> ofCommand() {
        Set<String> names = new TreeSet<>();
        for (Class<?> type = QuantizeCommand.class; type != Object.class; type = type.getSuperclass()) {
            Arrays.stream(type.getDeclaredFields()).map(field -> field.getAnnotation(Option.class)).filter(option -> option != null)
                .forEach(option -> names.add(option.name()));
        }
        return names;
    }

    private static Set<String> listed(String heading) throws IOException {
        try (var in = QuantizeCommand.class.getResourceAsStream("quantize.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> line.startsWith(heading))
                .map(line -> (Set<String>) new TreeSet<>(List.of(line.substring(heading.length()).split(" ")))).findFirst().orElseThrow();
        }
    }

    private QuantizeRequest request(List<String> arguments) throws Exception {
        Files.writeString(folder.resolve("recipe.yaml"), """
            version: 1
            rules:
              - layers: conv_in
                quantize: false
            """);
        var console = new Console(folder);
        console.halftone.formats.add("fp8");
        console.run(new QuantizeCommand(), arguments.toArray(String[]::new));
        return console.request(QuantizeRequest.class);
    }

    /** The request with one option more, or with another value of it. */
    private QuantizeRequest with(String option) throws Exception {
        List<String> given = new ArrayList<>(List.of(option));
        given.addAll(VALUES.get(option));
        List<String> arguments = new ArrayList<>(given);
        for (int i = 0; i < BASE.size(); i += 2) {
            if (!given.contains(BASE.get(i))) {
                arguments.addAll(BASE.subList(i, i + 2));
            }
        }
        return request(arguments);
    }

    /** What the digest is taken of. */
    private static List<Object> computed(QuantizeRequest request) {
        return List.of(request.source(), request.settings(), request.calibration());
    }

    @Test
    void listsEveryOptionOnce() throws Exception {
        Set<String> both = new TreeSet<>(listed(WHAT));
        both.addAll(listed(HOW));

        assertEquals(ofCommand(), both);
        assertEquals(both.size(), listed(WHAT).size() + listed(HOW).size());
    }

    @Test
    void changesWhatIsComputedByEachOptionThatSaysSo() throws Exception {
        List<Object> base = computed(request(BASE));
        for (String option : listed(WHAT)) {
            assertNotEquals(base, computed(with(option)), option);
        }
    }

    @Test
    void changesNothingThatIsComputedByTheOthers() throws Exception {
        List<Object> base = computed(request(BASE));
        for (String option : listed(HOW)) {
            assertEquals(base, computed(with(option)), option);
        }
    }
}
