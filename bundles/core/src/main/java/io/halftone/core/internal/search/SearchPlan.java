package io.halftone.core.internal.search;

import io.halftone.api.QuantSettings;
import io.halftone.core.internal.Plugins;
import io.halftone.core.internal.plan.Planner;
import io.halftone.ops.Layer;
import io.halftone.quant.PlanRule;
import io.halftone.quant.Planned;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a search chooses from.
 *
 * @param settings as the user gave them
 * @param families the layers in each format, in the order of the formats
 */
public record SearchPlan(QuantSettings settings, List<Family> families) {
    /**
     * The layers in one format, calibrated together.
     *
     * @param settings as a calibration takes them
     * @param plan     in the order of the model
     */
    record Family(QuantSettings settings, List<Planned> plan) {
        Family {
            plan = List.copyOf(plan);
        }
    }

    public SearchPlan {
        families = List.copyOf(families);
    }

    /**
     * Plans the layers of the settings' level in each format.
     *
     * @param formats names of formats; empty for that of the settings
     * @throws IllegalArgumentException if the planner refuses, or a format makes no layer cheaper
     */
    public static SearchPlan of(Plugins plugins, QuantSettings settings, List<String> formats, List<Layer> layers) {
        List<Family> families = new ArrayList<>();
        List<Planned> all = new ArrayList<>();
        Set<PlanRule> seen = new HashSet<>();
        for (String format : formats.isEmpty() ? List.of(settings.format()) : formats.stream().distinct().toList()) {
            QuantSettings its = in(format, settings, plugins);
            List<PlanRule> rules = new ArrayList<>();
            for (Planned planned : new Planner(its, plugins).plan(layers)) {
                rules.add(RecipeRules.of(planned));
            }
            rules.removeIf(rule -> !seen.add(rule));   // a rule of the user's may say the format itself
            if (rules.isEmpty()) {
                continue;
            }
            // as the recipe will plan them: a rule has its own idea of slots
            QuantSettings byRules = its.with(QuantSettings.RULES_ALONE, rules);
            List<Planned> plan = new Planner(byRules, plugins).plan(layers);
            if (plan.stream().allMatch(planned -> Prices.of(planned) >= 1)) {
                throw new IllegalArgumentException("formats: found " + format + ", with which every layer computes in full precision; "
                    + "expected formats that make multiplications cheaper");
            }
            families.add(new Family(byRules, plan));
            all.addAll(plan);
        }
        new Planner(settings, plugins).checkOptions(all);
        return new SearchPlan(settings, families);
    }

    private static QuantSettings in(String format, QuantSettings settings, Plugins plugins) {
        String algorithm = format.equals(settings.format()) ? settings.algorithm() : plugins.formats().get(format).usualAlgorithm();
        return new QuantSettings(format, settings.level(), settings.policy(), algorithm, settings.options(), settings.collector(),
            settings.percentile(), settings.rules());
    }

    /** What of the settings changes nothing, in whichever format. */
    public Set<String> idle(Plugins plugins) {
        return new Planner(settings, plugins).idle(families.stream().flatMap(family -> family.plan().stream()).toList());
    }

    /** Every way of quantizing every layer, family by family. */
    public List<Candidate> candidates() {
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < families.size(); i++) {
            for (Planned planned : families.get(i).plan()) {
                double price = Prices.of(planned);
                if (price < 1) {
                    candidates.add(new Candidate(planned, i, price));
                }
            }
        }
        return candidates;
    }
}
