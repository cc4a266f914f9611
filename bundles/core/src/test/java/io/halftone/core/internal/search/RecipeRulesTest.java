package io.halftone.core.internal.search;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.api.QuantSettings;
import io.halftone.ops.Layer;
import io.halftone.ops.Role;
import io.halftone.quant.PlanRecipe;
import io.halftone.quant.PlanRule;
import io.halftone.quant.Planned;
import io.halftone.quant.QuantLevel;
import io.halftone.quant.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RecipeRulesTest {
    private static final QuantSettings SETTINGS = QuantSettings.int8(new QuantLevel("3"));
    private static final List<Layer> LAYERS = layers();

    @Test
    void namesALayerThatIsAlone() {
        assertEquals(List.of(rule("blocks.1.attn.to_k", "")), rules(List.of("blocks.1.attn.to_k"), "int8"));
    }

    @Test
    void saysARoleWhereAllOfItIsChosen() {
        assertEquals(List.of(rule("", "feed-forward")), rules(List.of("blocks.0.ff.0", "blocks.0.ff.2", "blocks.1.ff.0", "blocks.1.ff.2"), "int8"));
    }

    @Test
    void saysAPatternWhereItMatchesNothingElse() {
        assertEquals(List.of(rule("*.to_k", "")), rules(List.of("blocks.0.attn.to_k", "blocks.1.attn.to_k"), "int8"));
        assertEquals(List.of(rule("*.2", "")), rules(List.of("blocks.0.ff.2", "blocks.1.ff.2"), "int8"));
        // the attention itself is blocks.0.attn: blocks.0.* would match it as well
        assertEquals(List.of(rule("blocks.0.ff.*", "")), rules(List.of("blocks.0.ff.0", "blocks.0.ff.2"), "int8"));
    }

    @Test
    void saysWhatDiffersFromTheHead() {
        Planned planned = new Planned(LAYERS.get(1), Set.of(Slot.INPUT, Slot.WEIGHT), "nvfp4", null, "max", "default");
        PlanRecipe recipe = RecipeRules.recipe(SETTINGS, LAYERS, List.of(planned));
        assertEquals(new PlanRecipe("int8", PlanRecipe.NONE, "", "smoothquant", "default",
            List.of(new PlanRule("blocks.0.attn.to_k", "", true, "nvfp4", "max", ""))), recipe);
    }

    @Test
    void anyChoiceIsSaidExactly() {
        Random random = new Random(3);
        for (int round = 0; round < 200; round++) {
            List<String> first = new ArrayList<>();
            List<String> second = new ArrayList<>();
            int of = 2 + random.nextInt(3);
            for (Layer layer : LAYERS) {
                int drawn = random.nextInt(of);
                (drawn == 0 ? first : drawn == 1 ? second : new ArrayList<String>()).add(layer.name());
            }
            List<Planned> chosen = new ArrayList<>(planned(first, "int8"));
            chosen.addAll(planned(second, "fp8"));
            PlanRecipe recipe = RecipeRules.recipe(SETTINGS, LAYERS, chosen);
            for (Layer layer : LAYERS) {
                String expected = first.contains(layer.name()) ? "int8" : second.contains(layer.name()) ? "fp8" : "";
                String found = "";
                for (PlanRule rule : recipe.rules()) {
                    if (rule.matches(layer)) {
                        found = rule.format().isEmpty() ? recipe.format() : rule.format();
                    }
                }
                assertEquals(expected, found, layer.name() + " by " + recipe.rules());
            }
        }
    }

    private static List<PlanRule> rules(List<String> names, String format) {
        return RecipeRules.recipe(SETTINGS, LAYERS, planned(names, format)).rules();
    }

    private static List<Planned> planned(List<String> names, String format) {
        return LAYERS.stream().filter(layer -> names.contains(layer.name()))
            .map(layer -> new Planned(layer, Set.of(Slot.INPUT, Slot.WEIGHT), format, null, "smoothquant", "default")).toList();
    }

    private static PlanRule rule(String layers, String role) {
        return new PlanRule(layers, role, true, "", "", "");
    }

    private static List<Layer> layers() {
        List<Layer> layers = new ArrayList<>();
        layers.add(new Layer.Conv("conv_in", Role.INPUT, 4, 4, 3, 1, 1, true));
        for (int i = 0; i < 2; i++) {
            String block = "blocks." + i + ".";
            for (String name : List.of("attn.to_k", "attn.to_q")) {
                layers.add(new Layer.Linear(block + name, Role.QKV, 4, 4, false));
            }
            layers.add(new Layer.Attention(block + "attn", Role.ATTENTION, 2, 2, 1, false));
            for (String name : List.of("ff.0", "ff.2")) {
                layers.add(new Layer.Linear(block + name, Role.FEED_FORWARD, 4, 4, true));
            }
        }
        return layers;
    }
}
