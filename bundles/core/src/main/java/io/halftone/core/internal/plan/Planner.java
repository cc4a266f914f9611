package io.halftone.core.internal.plan;

import io.halftone.api.PlanResult;
import io.halftone.api.QuantSettings;
import io.halftone.core.internal.Plugins;
import io.halftone.ops.Layer;
import io.halftone.quant.Granularity;
import io.halftone.quant.LevelPolicy;
import io.halftone.quant.PlanRule;
import io.halftone.quant.Planned;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.Slot;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Chooses the layers to quantize, and how each is. */
public final class Planner {
    private final QuantSettings settings;
    private final Plugins plugins;
    private final LevelPolicy policy;

    /**
     * Refuses what the plugins have not.
     *
     * @throws IllegalArgumentException naming the setting, what was found and what was expected
     */
    public Planner(QuantSettings settings, Plugins plugins) {
        this.settings = settings;
        this.plugins = plugins;
        this.policy = plugins.policies().get(settings.policy());
        plugins.formats().get(settings.format());
        plugins.algorithms().get(settings.algorithm());
        plugins.collectors().get(settings.collector());
        if (settings.level().equals(QuantSettings.RULES_ALONE)) {
            if (settings.rules().isEmpty()) {
                throw new IllegalArgumentException("quant level: found none, and no rules; expected a level of " + policy.levels() + ", or rules");
            }
        } else if (!policy.levels().contains(settings.level())) {
            throw new IllegalArgumentException("quant level: found " + settings.level() + "; expected one of " + policy.levels() + " of policy "
                + settings.policy());
        }
    }

    /**
     * The layers to quantize, in the order of the model.
     *
     * @throws IllegalArgumentException if a format is not offered where it is needed, a rule speaks of no layer, or nothing is chosen
     */
    public List<Planned> plan(List<Layer> layers) {
        List<Planned> planned = new ArrayList<>();
        Set<PlanRule> used = new HashSet<>();
        for (Layer layer : layers) {
            Planned chosen = choose(layer, used);
            if (chosen != null && !chosen.slots().isEmpty()) {
                planned.add(chosen);
            }
        }
        for (PlanRule rule : settings.rules()) {
            if (!used.contains(rule)) {
                throw new IllegalArgumentException(said(rule)
                    + ": found no layer of this model that it decides; expected at least one: a rule without effect is a mistake");
            }
        }
        if (planned.isEmpty()) {
            throw new IllegalArgumentException("quant level " + settings.level() + ": found no layer that policy " + settings.policy()
                + " quantizes to " + settings.format() + " in this model; expected at least one: choose a higher level");
        }
        return planned;
    }

    private String said(PlanRule rule) {
        return "rule " + (settings.rules().indexOf(rule) + 1) + ", " + (rule.layers().isEmpty() ? "role " + rule.role() : rule.layers());
    }

    /** What is planned for a layer; null where it stays as it is. */
    private Planned choose(Layer layer, Set<PlanRule> used) {
        Set<Slot> slots = settings.level().equals(QuantSettings.RULES_ALONE) ? Set.of() : policy.slots(settings.level(), layer);
        PlanRule said = null;
        for (PlanRule rule : settings.rules()) {
            if (rule.matches(layer)) {
                said = rule;
            }
        }
        if (said != null) {
            used.add(said);
            slots = said.quantized() ? allSlots(layer) : Set.of();
        }
        if (slots.isEmpty()) {
            return null;
        }
        String formatName = said == null || said.format().isEmpty() ? settings.format() : said.format();
        String algorithm = said == null || said.algorithm().isEmpty() ? settings.algorithm() : said.algorithm();
        String collector = said == null || said.collector().isEmpty() ? settings.collector() : said.collector();
        plugins.algorithms().get(algorithm);
        plugins.collectors().get(collector);
        QuantFormat format = plugins.formats().get(formatName);
        Planned planned = new Planned(layer, offered(layer, slots, formatName, format, said), formatName, format, algorithm, collector);
        if (said != null && planned.slots().isEmpty()) {
            throw new IllegalArgumentException(said(said) + ": found " + layer.name()
                + ", which format " + formatName + " leaves as it is; expected a format that quantizes it");
        }
        return planned;
    }

    private static Set<Slot> allSlots(Layer layer) {
        return layer instanceof Layer.Attention ? EnumSet.of(Slot.QUERY, Slot.KEY, Slot.VALUE, Slot.SOFTMAX) : EnumSet.of(Slot.INPUT, Slot.WEIGHT);
    }

    /**
     * The slots that the format quantizes, of those that are wanted.
     *
     * @param said the rule that wants them; null where the level does
     */
    private Set<Slot> offered(Layer layer, Set<Slot> slots, String formatName, QuantFormat format, PlanRule said) {
        Set<Slot> offered = EnumSet.noneOf(Slot.class);
        for (Slot slot : slots) {
            Granularity granularity = format.granularity(layer, slot).orElseThrow(() -> {
                String what = layer instanceof Layer.Attention ? "attention" : "slot " + slot.suffix() + " of " + layer.name();
                return new IllegalArgumentException((said == null ? "quant level " + settings.level() : said(said)) + ": found format " + formatName
                    + ", which does not offer " + what + "; expected " + (said == null ? "a lower level" : "a rule that leaves it out")
                    + ", or a format that does");
            });
            if (granularity != Granularity.NONE) {
                offered.add(slot);
            }
        }
        return offered;
    }

    /**
     * Refuses options that no planned algorithm honours, values that one of them cannot, a fraction of steps of which none is observed, and
     * collectors that refuse what is configured.
     */
    public void checkOptions(List<Planned> plan) {
        Set<String> algorithms = new TreeSet<>();
        plan.forEach(p -> algorithms.add(p.algorithm()));
        Set<String> honoured = new TreeSet<>();
        for (String name : algorithms) {
            Set<String> its = plugins.algorithms().get(name).options();
            honoured.addAll(its);
            Map<String, String> values = new LinkedHashMap<>(settings.options());
            values.keySet().retainAll(its);
            plugins.algorithms().get(name).check(values);
        }
        for (String option : settings.options().keySet()) {
            if (!honoured.contains(option)) {
                throw new IllegalArgumentException(option + ": found an option that algorithm " + String.join(", ", algorithms)
                    + " does not honour; expected " + (honoured.isEmpty() ? "none" : "one of " + honoured));
            }
        }
        if (settings.percentile() != 1 && collectors(plan).isEmpty()) {
            throw new IllegalArgumentException("percentile: found " + settings.percentile()
                + " where weights alone are quantized and no step is observed; expected none");
        }
        collectors(plan).forEach(name -> plugins.collectors().get(name).configuration());   // throws where it is refused
    }

    /** What of the settings changes nothing in a plan, by the names that {@link PlanResult} has for it. */
    public Set<String> idle(List<Planned> plan) {
        Set<String> idle = new TreeSet<>(settings.options().keySet());
        plan.forEach(p -> idle.removeAll(plugins.algorithms().get(p.algorithm()).options(p)));
        Set<String> collectors = collectors(plan);
        if (!collectors.contains(settings.collector())) {
            idle.add(PlanResult.COLLECTOR);
        }
        if (settings.percentile() != 1 && collectors.stream().noneMatch(name -> plugins.collectors().get(name).usesPercentile())) {
            idle.add(PlanResult.PERCENTILE);
        }
        if (collectors.isEmpty()) {
            idle.add(PlanResult.CALIBRATION);
        }
        return idle;
    }

    /** The collectors that fold what a plan's algorithms want to see. */
    private Set<String> collectors(List<Planned> plan) {
        Set<String> collectors = new TreeSet<>();
        plan.forEach(p -> plugins.algorithms().get(p.algorithm()).observations(p).values().forEach(seen -> collectors.add(seen.collector())));
        return collectors;
    }

    /** The plan as a result, with the layers that stay as they are. */
    public PlanResult describe(String architecture, List<Layer> layers) {
        Map<Layer, Planned> chosen = new LinkedHashMap<>();
        List<Planned> plan = plan(layers);
        plan.forEach(p -> chosen.put(p.layer(), p));
        List<PlanResult.PlannedLayer> described = new ArrayList<>();
        for (Layer layer : layers) {
            Planned planned = chosen.get(layer);
            boolean quantized = planned != null;
            described.add(new PlanResult.PlannedLayer(layer.name(), kind(layer), layer.role(), quantized, sizes(layer),
                quantized ? planned.formatName() : "", quantized ? planned.algorithm() : "", quantized ? planned.collector() : "", weights(layer)));
        }
        return new PlanResult(architecture, settings.format(), settings.level(), settings.policy(), described, idle(plan));
    }

    private static PlanResult.Kind kind(Layer layer) {
        if (layer instanceof Layer.Conv) {
            return PlanResult.Kind.CONV;
        }
        return layer instanceof Layer.Linear ? PlanResult.Kind.LINEAR : PlanResult.Kind.ATTENTION;
    }

    private static long weights(Layer layer) {
        if (layer instanceof Layer.Conv conv) {
            return conv.weightShape().count().size();
        }
        return layer instanceof Layer.Linear linear ? linear.weightShape().count().size() : 0;
    }

    private static String sizes(Layer layer) {
        if (layer instanceof Layer.Conv conv) {
            return conv.weightShape().toString();
        }
        return layer instanceof Layer.Linear linear ? linear.weightShape().toString()
            : ((Layer.Attention) layer).heads() + " x " + ((Layer.Attention) layer).headDim();
    }
}
