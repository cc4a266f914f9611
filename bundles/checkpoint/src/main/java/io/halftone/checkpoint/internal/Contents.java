package io.halftone.checkpoint.internal;

import io.halftone.checkpoint.Form;
import io.halftone.checkpoint.QuantizedBackbone;
import io.halftone.checkpoint.QuantizedLayer;
import io.halftone.checkpoint.StorageOptions;
import io.halftone.ops.Layer;
import io.halftone.ops.Parameters.Info;
import io.halftone.ops.TensorView;
import io.halftone.quant.LayerState;
import io.halftone.quant.Range;
import io.halftone.quant.Slot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What goes into a checkpoint: every tensor, and what the metadata say. */
public final class Contents {
    private static final String INPUT_SCALE = "input_scale";
    private static final String FACTORS = "pre_quant_scale";

    private final QuantizedBackbone backbone;
    private final StorageOptions options;
    private final Map<String, WeightCodes> codes = new LinkedHashMap<>();
    private final Map<String, Optional<LayerEntry.Division>> divisions = new TreeMap<>();
    private final Set<String> unchanged = new TreeSet<>();

    /** Looks at what each rewrite does and, where weights may be left out, at what became of them. */
    public Contents(QuantizedBackbone backbone, StorageOptions options) {
        this.backbone = backbone;
        this.options = options;
        for (QuantizedLayer layer : backbone.layers()) {
            String name = layer.layer().name();
            if (codes.put(name, WeightCodes.of(layer.layer(), layer.rewrite(), backbone.computeType())) != null) {
                throw new IllegalArgumentException(name + ": found it twice; expected each layer once");
            }
            if (options.form() == Form.STATE_ONLY && !(layer.layer() instanceof Layer.Attention)) {
                compare(layer.state(), name + "." + Codec.WEIGHT);
            }
        }
    }

    private void compare(LayerState state, String weight) {
        TensorView base = backbone.base().read(weight), now = backbone.parameters().read(weight);
        if (Changes.isUnchanged(base, now, backbone.computeType())) {
            unchanged.add(weight);
            return;
        }
        long[] shape = now.shape();
        Optional<LayerEntry.Division> division = Optional.empty();
        for (Map.Entry<String, float[]> vector : state.vectors().entrySet()) {
            for (boolean roundedFirst : new boolean[] {true, false}) {
                if (division.isEmpty() && shape.length == 2 && vector.getValue().length == shape[1]
                    && Changes.isDivided(base, now, backbone.computeType(), vector.getValue(), roundedFirst)) {
                    division = Optional.of(new LayerEntry.Division(vector.getKey(), roundedFirst, Changes.sha256(now.bytes())));
                }
            }
        }
        divisions.put(weight, division);
    }

    /** The tensors in order of their names, with these weights in the compute type and not in codes. */
    List<Unit> units(Set<String> kept) {
        Map<String, Unit> units = new TreeMap<>();
        Set<String> skipped = new TreeSet<>();
        for (QuantizedLayer layer : backbone.layers()) {
            String name = layer.layer().name();
            LayerState state = layer.state();
            List<Unit> own = new ArrayList<>();
            state.ranges().forEach((slot, range) -> own.add(Unit.ofVector(name + "." + slot.suffix() + LayerEntry.AMAX, range.amax())));
            state.vectors().forEach((vector, values) -> own.add(Unit.ofVector(name + "." + vector, values)));
            String weight = name + "." + Codec.WEIGHT;
            Optional<Codec> codec = codec(layer, kept);
            codec.ifPresent(c -> {
                own.add(Unit.ofCodes(name, c, backbone.parameters()));
                extras(layer).forEach((extra, values) -> own.add(extra.equals(INPUT_SCALE)
                    ? Unit.ofScalar(name + "." + extra, values[0]) : Unit.ofVector(name + "." + extra, values)));
                copies(name).forEach((extra, parameter) -> own.add(Unit.ofCopy(name + "." + extra, parameter, backbone.parameters())));
            });
            if (codec.isPresent() || options.form() == Form.STATE_ONLY && !isStored(weight)) {
                skipped.add(weight);
            }
            own.forEach(unit -> add(units, unit));
        }
        Collection<String> parameters = options.form() == Form.STATE_ONLY ? changed() : backbone.parameters().names();
        for (String name : parameters) {
            if (!skipped.contains(name)) {
                add(units, Unit.ofParameter(name, backbone.parameters()));
            }
        }
        checkNames(units.values());
        return List.copyOf(units.values());
    }

    /** Changed weights and added parameters. */
    private Set<String> changed() {
        Set<String> names = new TreeSet<>();
        divisions.forEach((weight, division) -> names.add(weight));
        backbone.layers().forEach(layer -> layer.state().parameters().forEach(p -> names.add(layer.layer().name() + "." + p)));
        return names;
    }

    /** Whether a state-only checkpoint holds the weight. */
    private boolean isStored(String weight) {
        return divisions.containsKey(weight) && divisions.get(weight).isEmpty();
    }

    private static void add(Map<String, Unit> units, Unit unit) {
        if (units.put(unit.name(), unit) != null) {
            throw twice(unit.name());
        }
    }

    private static void checkNames(Collection<Unit> units) {
        Set<String> names = new TreeSet<>();
        units.forEach(unit -> unit.tensors().keySet().forEach(name -> {
            if (!names.add(name)) {
                throw twice(name);
            }
        }));
    }

    private static IllegalArgumentException twice(String name) {
        return new IllegalArgumentException(name + ": found two tensors of that name; expected a model whose parameters are not called as "
            + "those of quantizers");
    }

    private Optional<Codec> codec(QuantizedLayer layer, Set<String> kept) {
        String weight = layer.layer().name() + "." + Codec.WEIGHT;
        Optional<Encoding> encoding = codes.get(layer.layer().name()).weight();
        boolean wanted = options.form() == Form.COMPACT || options.form() == Form.STATE_ONLY && isStored(weight);
        if (!wanted || encoding.isEmpty() || kept.contains(weight)) {
            return Optional.empty();
        }
        Info info = backbone.parameters().info(weight);
        return Numbers.isFloat(info.dtype()) ? Codec.of(encoding.get(), info.shape(), backbone.computeType(), options.layout())
            : Optional.empty();
    }

    /** Tensors that other programs look for beside codes. */
    private Map<String, float[]> extras(QuantizedLayer layer) {
        Map<String, float[]> extras = new TreeMap<>();
        if (options.form() == Form.COMPACT) {
            WeightCodes found = codes.get(layer.layer().name());
            Range input = layer.state().ranges().get(Slot.INPUT);
            if (input != null && input.isPerTensor()) {
                OtherPrograms.inputScale(found, input.max()).ifPresent(scale -> extras.put(INPUT_SCALE, new float[] {scale}));
            }
            if (found.inputFactors().length > 0) {
                extras.put(FACTORS, found.inputFactors());
            } else if (isHubSvd(found)) {
                float[] ones = new float[Math.toIntExact(((Layer.Linear) layer.layer()).in())];   // readers of SVDQuant look for factors
                Arrays.fill(ones, 1);
                extras.put(FACTORS, ones);
            }
        }
        return extras;
    }

    /** Parameters that other programs look for under another name behind the layer's. */
    private Map<String, String> copies(String layer) {
        WeightCodes found = codes.get(layer);
        return !isHubSvd(found) ? Map.of()
            : Map.of("svdquant_lora_a", found.lowRank().orElseThrow().a(), "svdquant_lora_b", found.lowRank().orElseThrow().b());
    }

    private boolean isHubSvd(WeightCodes found) {
        return !options.componentConfig().isEmpty() && found.isNvfp4Svd();
    }

    /** How the checkpoint is stored. */
    Manifest manifest(Set<String> kept) {
        Map<String, LayerEntry> entries = new TreeMap<>();
        for (QuantizedLayer layer : backbone.layers()) {
            Map<Slot, Integer> amax = new TreeMap<>();
            layer.state().ranges().forEach((slot, range) -> amax.put(slot, range.amax().length));
            Map<String, Integer> vectors = new TreeMap<>();
            layer.state().vectors().forEach((name, vector) -> vectors.put(name, vector.length));
            Optional<Codec> codec = codec(layer, kept);
            String name = layer.layer().name();
            Set<String> extras = new TreeSet<>();
            if (codec.isPresent()) {
                extras.addAll(extras(layer).keySet());
                extras.addAll(copies(name).keySet());
            }
            Optional<String> reason = codec.isPresent() ? Optional.empty() : reason(name, kept);
            entries.put(name, new LayerEntry(codes.get(name).rounded(), amax, vectors, extras, layer.state().parameters(), codec, reason,
                divisions.getOrDefault(name + "." + Codec.WEIGHT, Optional.empty())));
        }
        return new Manifest(options.form(), backbone.computeType(), backbone.baseDigest(), entries);
    }

    /** Why a weight that is rounded is not in codes. */
    private Optional<String> reason(String layer, Set<String> kept) {
        WeightCodes found = codes.get(layer);
        if (options.form() != Form.COMPACT || !found.rounded().contains(Slot.WEIGHT)) {
            return Optional.empty();
        }
        return Optional.of(kept.contains(layer + "." + Codec.WEIGHT) ? "read back from codes it would not be rounded to the same values"
            : found.weight().isEmpty() ? "its format does more than round it by constant scales"
            : "the " + options.layout() + " layout has no codes for it");
    }

    /**
     * The metadata of each file.
     *
     * @param notes takes what is left out, a line each
     */
    Map<String, String> metadata(Set<String> kept, List<String> notes) {
        Map<String, String> metadata = new TreeMap<>();
        metadata.put("format", "pt");
        metadata.put(Manifest.RECIPE, backbone.recipe());
        metadata.put(Manifest.KEY, manifest(kept).json());
        if (options.comfyMetadata()) {
            OtherPrograms.comfy(stored(kept), notes).ifPresent(text -> metadata.put(OtherPrograms.COMFY_KEY, text));
        }
        return metadata;
    }

    /**
     * The component's configuration; empty if none is asked for.
     *
     * @param notes takes what is left out, a line each
     */
    Optional<String> config(Set<String> kept, List<String> notes) {
        return options.componentConfig().isEmpty() ? Optional.empty()
            : Optional.of(OtherPrograms.config(options.componentConfig(), stored(kept), backbone.unquantized(), notes));
    }

    private List<OtherPrograms.Stored> stored(Set<String> kept) {
        return backbone.layers().stream().map(layer -> new OtherPrograms.Stored(layer.layer(), codes.get(layer.layer().name()),
            options.layout(), codec(layer, kept).isPresent())).toList();
    }
}
