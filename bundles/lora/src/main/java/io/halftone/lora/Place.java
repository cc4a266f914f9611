package io.halftone.lora;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A place where a layer may be, by the prefix that its file spells it with.
 *
 * @param component   of the pipeline
 * @param layer       without the prefix
 * @param underscored whether every dot of it is an underscore
 */
record Place(String component, String layer, boolean underscored) {
    private static final List<String> BACKBONES = List.of("unet", "transformer");
    /** kohya's third text encoder is T5, which is FLUX's second. */
    private static final Map<String, List<String>> UNDERSCORED = Map.of(
        "lora_unet_", BACKBONES,
        "lora_transformer_", List.of("transformer"),
        "lora_te_", List.of("text_encoder"),
        "lora_te1_", List.of("text_encoder"),
        "lora_te2_", List.of("text_encoder_2"),
        "lora_te3_", List.of("text_encoder_3", "text_encoder_2"));
    private static final List<String> ORIGINAL_BACKBONE = List.of("diffusion_model.", "model.diffusion_model.");
    private static final String PEFT = "base_model.model.";

    /** All places that a spelled layer may mean among these components; none if the prefix is of a component that is not there. */
    static List<Place> of(String spelled, Collection<String> components) {
        for (var prefix : UNDERSCORED.entrySet()) {
            if (spelled.startsWith(prefix.getKey())) {
                List<Place> places = in(prefix.getValue(), components, spelled.substring(prefix.getKey().length()), true);
                boolean ordered = prefix.getKey().equals("lora_te3_") && !places.isEmpty();
                return ordered ? places.subList(0, 1) : places;
            }
        }
        String name = without(PEFT, spelled);
        for (String prefix : ORIGINAL_BACKBONE) {
            if (name.startsWith(prefix)) {
                return in(BACKBONES, components, name.substring(prefix.length()), false);
            }
        }
        int dot = name.indexOf('.');
        if (dot > 0 && components.contains(name.substring(0, dot))) {
            return List.of(new Place(name.substring(0, dot), without(PEFT, name.substring(dot + 1)), false));
        }
        return in(components, components, name, false);
    }

    private static List<Place> in(Collection<String> wanted, Collection<String> components, String layer, boolean underscored) {
        return wanted.stream().filter(components::contains).map(component -> new Place(component, layer, underscored))
            .collect(Collectors.toCollection(ArrayList::new));
    }

    private static String without(String prefix, String name) {
        return name.startsWith(prefix) ? name.substring(prefix.length()) : name;
    }
}
