package io.halftone.core.internal.search;

import io.halftone.api.QuantSettings;
import io.halftone.ops.Layer;
import io.halftone.quant.PlanRecipe;
import io.halftone.quant.PlanRule;
import io.halftone.quant.Planned;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Chosen layers as the rules of a recipe: full names, and patterns and roles where they say exactly the same. */
final class RecipeRules {
    private RecipeRules() {}

    /** The rule of a layer alone. */
    static PlanRule of(Planned planned) {
        return new PlanRule(planned.layer().name(), "", true, planned.formatName(), planned.algorithm(), planned.collector());
    }

    /**
     * The recipe that quantizes these layers and no other.
     *
     * @param settings of which the recipe's head has format, algorithm and collector
     * @param layers   all of the model
     */
    static PlanRecipe recipe(QuantSettings settings, List<Layer> layers, Collection<Planned> chosen) {
        Map<PlanRule, Set<String>> ways = new LinkedHashMap<>();
        for (Planned planned : chosen) {
            ways.computeIfAbsent(way(settings, planned), way -> new LinkedHashSet<>()).add(planned.layer().name());
        }
        List<PlanRule> rules = new ArrayList<>();
        ways.forEach((way, names) -> rules.addAll(rules(way, names, layers)));
        return new PlanRecipe(settings.format(), PlanRecipe.NONE, "", settings.algorithm(), settings.collector(), rules);
    }

    /** How a layer is quantized beyond what the head says, for every layer. */
    private static PlanRule way(QuantSettings settings, Planned planned) {
        return new PlanRule("*", "", true, differing(planned.formatName(), settings.format()), differing(planned.algorithm(), settings.algorithm()),
            differing(planned.collector(), settings.collector()));
    }

    private static String differing(String name, String usual) {
        return name.equals(usual) ? "" : name;
    }

    /** Covers the names with rules that match no other layer, the one that covers most first. */
    private static List<PlanRule> rules(PlanRule way, Set<String> names, List<Layer> layers) {
        Map<PlanRule, Set<String>> exact = new LinkedHashMap<>();
        for (PlanRule rule : wide(way, names, layers)) {
            Set<String> matched = new HashSet<>();
            layers.stream().filter(rule::matches).forEach(layer -> matched.add(layer.name()));
            if (names.containsAll(matched) && matched.size() > 1) {
                exact.put(rule, matched);
            }
        }
        Set<String> left = new LinkedHashSet<>(names);
        List<PlanRule> rules = new ArrayList<>();
        while (!exact.isEmpty()) {
            PlanRule most = null;
            long mostCovered = 1;
            for (Map.Entry<PlanRule, Set<String>> entry : exact.entrySet()) {
                long covered = entry.getValue().stream().filter(left::contains).count();
                if (covered > mostCovered) {
                    most = entry.getKey();
                    mostCovered = covered;
                }
            }
            if (most == null) {
                break;
            }
            rules.add(most);
            left.removeAll(exact.remove(most));
        }
        left.forEach(name -> rules.add(new PlanRule(name, "", true, way.format(), way.algorithm(), way.collector())));
        return rules;
    }

    /** Roles, prefixes and suffixes of the names, in a fixed order: the shorter first. */
    private static List<PlanRule> wide(PlanRule way, Set<String> names, List<Layer> layers) {
        Set<String> roles = new TreeSet<>();
        Set<String> patterns = new TreeSet<>(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()));
        for (Layer layer : layers) {
            if (names.contains(layer.name())) {
                roles.add(layer.role().name().toLowerCase(Locale.ROOT).replace('_', '-'));
                patterns.addAll(patterns(layer.name()));
            }
        }
        List<PlanRule> rules = new ArrayList<>();
        roles.forEach(role -> rules.add(new PlanRule("", role, true, way.format(), way.algorithm(), way.collector())));
        patterns.forEach(pattern -> rules.add(new PlanRule(pattern, "", true, way.format(), way.algorithm(), way.collector())));
        return rules;
    }

    /** What stands before each dot with a star behind it, what stands behind each with a star before it, and the name with a star for each number. */
    private static List<String> patterns(String name) {
        List<String> patterns = new ArrayList<>();
        for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
            patterns.add(name.substring(0, dot + 1) + "*");
            patterns.add("*" + name.substring(dot));
        }
        for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
            int end = name.indexOf('.', dot + 1);
            if (end > 0 && name.substring(dot + 1, end).chars().allMatch(Character::isDigit)) {
                patterns.add(name.substring(0, dot + 1) + "*" + name.substring(end));
            }
        }
        return patterns;
    }
}
