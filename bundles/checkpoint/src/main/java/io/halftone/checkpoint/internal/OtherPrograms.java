package io.halftone.checkpoint.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halftone.checkpoint.Layout;
import io.halftone.ops.Blocks;
import io.halftone.ops.DType;
import io.halftone.ops.Float8;
import io.halftone.ops.Layer;
import io.halftone.quant.Slot;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What other programs are told of a checkpoint; nothing where they would compute something else.
 * Sources: NVIDIA Model Optimizer, torch/export/convert_hf_config.py, unified_export_hf.py and quant_utils.py; ComfyUI, QUANTIZATION.md, comfy/ops.py and
 * comfy/quant_ops.py.
 */
public final class OtherPrograms {
    /** The metadata entry that ComfyUI reads. */
    public static final String COMFY_KEY = "_quantization_metadata";
    private static final int LISTED = 8;
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /**
     * A layer and how it is stored.
     *
     * @param inCodes whether its weight is stored in codes
     */
    public record Stored(Layer layer, WeightCodes codes, Layout layout, boolean inCodes) {
        /** Codes with one scale are the same for everybody. */
        private boolean hasOneScale() {
            return codes.weight().get() instanceof Encoding.Scaled scaled && scaled.isPerTensor();
        }

        private boolean isFor(Layout reader) {
            return hasOneScale() || layout == reader;
        }

        private boolean isNvfp4() {
            return codes.weight().get() instanceof Encoding.Blocked blocked && blocked.blocks().element() == Blocks.Element.E2M1;
        }
    }

    private OtherPrograms() {}

    /**
     * What ComfyUI is told: the format of each layer in codes; nothing if it would run any layer otherwise.
     *
     * @param notes takes a line that names the layers which it would
     */
    public static Optional<String> comfy(List<Stored> layers, List<String> notes) {
        List<String> refused = new ArrayList<>();
        Map<String, Object> formats = new TreeMap<>();
        for (Stored stored : layers) {
            String name = stored.layer().name();
            boolean factors = stored.codes().inputFactors().length > 0;
            if (stored.layer() instanceof Layer.Attention) {
                continue;   // not in the file
            }
            if (!stored.codes().plain()) {
                refused.add(name + " (more than one product)");
            } else if (factors && !(stored.inCodes() && stored.isNvfp4())) {
                refused.add(name + " (smoothed)");
            } else if (stored.inCodes() && !(stored.layer() instanceof Layer.Linear)) {
                refused.add(name + " (codes of a convolution)");
            } else if (stored.inCodes() && !stored.isFor(Layout.COMFYUI)) {
                refused.add(name + " (codes in another layout)");
            } else if (stored.inCodes()) {
                formats.put(name, Map.of("format", comfyName(stored.codes().weight().get())));
            }
        }
        if (!refused.isEmpty()) {
            notes.add("metadata for ComfyUI are left out: found " + refused.size() + " layers that it does not read as they are: "
                + listed(refused) + "; expected linear layers without smoothing, and its layout");
            return Optional.empty();
        }
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("format_version", "1.0");
        root.put("layers", formats);
        return Optional.of(JSON.valueToTree(root).toString());
    }

    private static String listed(List<String> layers) {
        return String.join(", ", layers.subList(0, Math.min(LISTED, layers.size())))
            + (layers.size() > LISTED ? " and " + (layers.size() - LISTED) + " more" : "");
    }

    private static String comfyName(Encoding encoding) {
        if (encoding instanceof Encoding.Scaled scaled) {
            return scaled.type() == DType.INT8 ? "int8_tensorwise" : "float8_e4m3fn";
        }
        return ((Encoding.Blocked) encoding).blocks().element() == Blocks.Element.E2M1 ? "nvfp4" : "mxfp8";
    }

    /**
     * A component's configuration with a {@code quantization_config}. Where that cannot describe every layer it names a method
     * that other programs do not know, so that they refuse the codes and do not take them for weights.
     *
     * @param unquantized layers that are not quantized
     * @param notes       takes a line that names the layers which it cannot describe
     * @throws IllegalArgumentException if the configuration is no JSON object
     */
    public static String config(String component, List<Stored> layers, Set<String> unquantized, List<String> notes) {
        ObjectNode root;
        try {
            JsonNode node = JSON.readTree(component);
            if (!(node instanceof ObjectNode object)) {
                throw new IllegalArgumentException("config.json: found " + node.getNodeType() + "; expected an object");
            }
            root = object;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("config.json: found " + e.getOriginalMessage() + "; expected JSON", e);
        }
        List<String> refused = new ArrayList<>();
        Set<String> ignore = new TreeSet<>(unquantized);
        Map<Scheme, List<Layer>> groups = new TreeMap<>();
        for (Stored stored : layers) {
            if (stored.layer() instanceof Layer.Attention) {
                continue;
            }
            if (!stored.codes().plain() && !(stored.codes().isNvfp4Svd() && stored.inCodes())) {
                refused.add(stored.layer().name() + " (more than one product)");
            } else if (!stored.inCodes() && stored.codes().inputFactors().length > 0) {
                refused.add(stored.layer().name() + " (smoothed, and its weight not in codes)");
            } else if (!stored.inCodes()) {
                ignore.add(stored.layer().name());
            } else if (!stored.isFor(Layout.MODEL_OPTIMIZER)) {
                refused.add(stored.layer().name() + " (codes in another layout)");
            } else {
                groups.computeIfAbsent(Scheme.of(stored.codes()), s -> new ArrayList<>()).add(stored.layer());
            }
        }
        if (!refused.isEmpty()) {
            notes.add("quantization_config says nothing that other programs read: found " + refused.size()
                + " layers that it cannot describe: " + listed(refused)
                + "; expected products of a rounded input and a rounded weight, in Model Optimizer's layout");
            ObjectNode own = JSON.createObjectNode();
            produced(own).put("quant_method", "halftone");
            root.set("quantization_config", own);
            return root.toPrettyString() + "\n";
        }
        root.set("quantization_config", quantization(groups, ignore));
        return root.toPrettyString() + "\n";
    }

    private static ObjectNode quantization(Map<Scheme, List<Layer>> groups, Set<String> ignore) {
        ObjectNode config = JSON.createObjectNode();
        ObjectNode all = config.putObject("config_groups");
        groups.forEach((scheme, layers) -> {
            ObjectNode group = all.putObject("group_" + all.size());
            scheme.describe(group);
            Set<String> targets = new TreeSet<>();
            layers.forEach(layer -> targets.add(groups.size() > 1 ? layer.name() : layer instanceof Layer.Linear ? "Linear" : "Conv2d"));
            targets.forEach(group.withArray("targets")::add);
        });
        ignore.forEach(config.putArray("ignore")::add);
        config.put("quant_algo", groups.size() == 1 ? groups.keySet().iterator().next().algorithm() : "MIXED_PRECISION");
        if (groups.size() > 1) {
            ObjectNode quantized = config.putObject("quantized_layers");
            Map<String, Scheme> byName = new TreeMap<>();
            groups.forEach((scheme, layers) -> layers.forEach(layer -> byName.put(layer.name(), scheme)));
            byName.forEach((name, scheme) -> quantized.putObject(name).put("quant_algo", scheme.algorithm()));
        }
        return produced(config).put("quant_method", "modelopt");
    }

    private static ObjectNode produced(ObjectNode config) {
        config.putObject("producer").put("name", "halftone").put("version", version());
        return config;
    }

    private static String version() {
        try (InputStream in = OtherPrograms.class.getResourceAsStream("version.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("version.txt: cannot read the bundle's own version", e);
        }
    }

    /** The scale of the input as other programs have it, in float32; empty if it has no one scale. */
    public static Optional<Float> inputScale(WeightCodes codes, float amax) {
        Encoding input = codes.encodings().get(Slot.INPUT);
        if (input instanceof Encoding.Scaled scaled && scaled.isPerTensor()) {
            float recorded = scaled.scales()[0];
            float exact = amax / (scaled.type() == DType.INT8 ? 127 : Float8.MAX);
            // what the rewrite uses is rounded to the compute type, whose coarsest, bfloat16, has 8 bits
            return Optional.of(Math.abs(exact - recorded) <= recorded * 0x1p-7f ? exact : recorded);
        }
        return input instanceof Encoding.Blocked blocked && blocked.blocks().scale() == Blocks.Scale.E4M3
            ? Optional.of(blocked.tensorScale()) : Optional.empty();
    }
}
