package io.halftone.shell.internal;

import io.halftone.api.Halftone;
import io.halftone.api.QuantSettings;
import io.halftone.pipeline.Advice;
import io.halftone.quant.PlanRecipe;
import io.halftone.quant.QuantLevel;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * What was given about quantization; null stands for an option that was not given. What neither an option nor the recipe says is
 * advised by the model's preset, or else by the format.
 *
 * @param format     as written: {@code fp4} is another name of {@code nvfp4}
 * @param level      as written: 3 and 3.0 are the same
 * @param attention  whether the products of attentions are asked for beside level 3, which is level 4
 * @param rank       option of algorithms that split off a product of two thin matrices
 * @param compatible whether collector and algorithm are to be those that repeat the Python example, deviations and all
 * @param recipe     {@link #NO_RECIPE} where none was given
 */
record Quantization(String format, String level, boolean attention, String policy, String algorithm, Double alpha, Integer rank,
                    String collector, Double percentile, boolean compatible, PlanRecipe recipe) {
    static final String FORMAT_HELP = "Number format; fp4 is another name of nvfp4";
    static final String LEVEL_HELP =
        "How much is quantized: 1 convolutions, 2 feed-forward layers too, 2.5 queries, keys and values too, 3 all that is usual, "
            + "4 attention too where the format can";
    static final String POLICY_HELP =
        "Which layers a level means: standard, by what they are for; reference, by the Python example's name filters";
    static final String USUAL_FORMAT = "int8";
    static final String USUAL_LEVEL = "3";
    static final String USUAL_POLICY = "standard";
    static final String FORMAT_USUALLY = "the configured one, usually " + USUAL_FORMAT;
    static final String POLICY_USUALLY = "the configured one, usually " + USUAL_POLICY;
    static final PlanRecipe NO_RECIPE = new PlanRecipe("", "", "", "", "", List.of());

    private static final String ATTENTION_LEVEL = "4";
    private static final Map<String, String> FORMAT_ALIASES = Map.of("fp4", "nvfp4");

    /** Everything else as usual for the format. */
    static Quantization usual(String format, String level) {
        return new Quantization(format, level, false, null, null, null, null, null, null, false, NO_RECIPE);
    }

    /** The format's own name. */
    static String formatName(String given) {
        return FORMAT_ALIASES.getOrDefault(given, given);
    }

    /** The advice for what was not given. */
    Advice advice(Halftone halftone, String model) {
        return halftone.advice(model, chosenFormat(halftone));
    }

    /**
     * The settings. An option of an algorithm that was given always goes to the algorithm, which refuses it if it has none of that name.
     *
     * @param model name of the model; empty where it has none
     */
    QuantSettings settings(Halftone halftone, String model) {
        QuantLevel chosenLevel = chosenLevel();
        Advice advice = advice(halftone, model);
        String chosenAlgorithm = agreed("quant-algo", algorithm, recipe.algorithm(), advice.algorithm(), UnaryOperator.identity());
        Map<String, String> options = new TreeMap<>();
        if (chosenAlgorithm.equals(advice.algorithm())) {
            options.putAll(advice.options());
        }
        if (alpha != null) {
            options.put("alpha", alpha.toString());
        }
        if (rank != null) {
            options.put("rank", Integer.toString(Given.orUsual("lowrank", rank)));
        }
        String chosenCollector = agreed("collect-method", collector, recipe.collector(), advice.collector(), UnaryOperator.identity());
        if (compatible) {
            chosenAlgorithm = ReferenceForms.algorithm(halftone, chosenAlgorithm);
            chosenCollector = ReferenceForms.collector(halftone, chosenFormat(halftone), chosenCollector);
        }
        String chosenPolicy = agreed("policy", policy, recipe.policy(), halftone.defaults().policy(), UnaryOperator.identity());
        return new QuantSettings(chosenFormat(halftone), chosenLevel, chosenPolicy, chosenAlgorithm, options, chosenCollector,
            percentile == null ? advice.percentile() : percentile, recipe.rules());
    }

    private String chosenFormat(Halftone halftone) {
        return agreed("format", format, recipe.format(), halftone.defaults().format(), Quantization::formatName);
    }

    private QuantLevel chosenLevel() {
        String given = level;
        if (attention) {
            if (level != null && !List.of("3", ATTENTION_LEVEL).contains(new QuantLevel(level).name())) {
                throw new IllegalArgumentException("quantize-mha: found it with quant-level " + level
                    + "; expected 3 or 4, which is 3 and attention");
            }
            given = ATTENTION_LEVEL;
        }
        boolean rulesAlone = recipe.level().equals(PlanRecipe.NONE);
        String agreed = agreed("quant-level", given, recipe.level(), USUAL_LEVEL,
            text -> text.equals(PlanRecipe.NONE) ? text : new QuantLevel(text).name());
        return rulesAlone ? QuantSettings.RULES_ALONE : new QuantLevel(agreed);
    }

    /** What the option and the recipe say; both may, if it is the same. */
    private static String agreed(String option, String given, String ofRecipe, String usual, UnaryOperator<String> name) {
        if (given == null || ofRecipe.isEmpty()) {
            return name.apply(given != null ? given : ofRecipe.isEmpty() ? usual : ofRecipe);
        }
        if (!name.apply(given).equals(name.apply(ofRecipe))) {
            throw new IllegalArgumentException(option + ": found " + given + " beside a recipe; expected " + ofRecipe
                + ", as the recipe has it");
        }
        return name.apply(ofRecipe);
    }
}
