package io.halftone.tensorrt.internal;

import io.halftone.export.EngineException;
import io.halftone.export.LayerReport;
import io.halftone.export.MultiplyAdds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What became of a model's layers. An engine layer names the model's operators that were fused into it; a product runs in 8 bits
 * where every engine layer that multiplies for it takes 8-bit operands.
 *
 * @param integer   the quantized layers that run in INT8 or FP8 kernels
 * @param floating  the others
 * @param operators how often each type of layer stands in the engine
 * @param lowShare  the multiply-adds with 8-bit operands, of all at the usual shapes; NaN where the model does not say
 * @param layers    the quantized layers and all attentions
 */
record LayerInfo(List<String> integer, List<String> floating, Map<String, Integer> operators, double lowShare, List<LayerReport> layers) {
    /** That of no layer. */
    static final LayerInfo NONE = new LayerInfo(List.of(), List.of(), Map.of(), Double.NaN, List.of());

    LayerInfo {
        integer = List.copyOf(integer);
        floating = List.copyOf(floating);
        operators = Collections.unmodifiableMap(new TreeMap<>(operators));
        layers = List.copyOf(layers);
    }

    /**
     * Reads an inspection.
     *
     * @param extents the usual extents of the model's named dimensions
     * @throws EngineException if the text is no inspection, or one without details
     */
    static LayerInfo of(String json, OnnxFile model, Map<String, Long> extents) {
        Map<String, Integer> types = new TreeMap<>();
        Map<String, List<EngineLayer>> computing = new HashMap<>();
        for (EngineLayer layer : EngineLayer.of(json)) {
            types.merge(layer.type(), 1, Integer::sum);
            if (layer.multiplies()) {
                layer.operators().forEach(operator -> computing.computeIfAbsent(operator, absent -> new ArrayList<>()).add(layer));
            }
        }
        List<String> integer = new ArrayList<>();
        List<String> floating = new ArrayList<>();
        List<LayerReport> reports = new ArrayList<>();
        model.sites().forEach((name, site) -> {
            LayerReport report = report(name, site, computing);
            reports.add(report);
            if (site.quantized()) {
                (EngineLayer.isLow(report.precision()) ? integer : floating).add(name);
            }
        });
        double share = MultiplyAdds.of(model.metadata()).share(extents, operator -> EngineLayer.isLow(precision(computing.get(operator))));
        return new LayerInfo(integer, floating, types, share, reports);
    }

    /** The widest type; empty where there is no layer. */
    private static String precision(List<EngineLayer> layers) {
        List<String> all = layers == null ? List.of() : layers.stream().map(EngineLayer::precision).toList();
        return all.stream().filter(type -> !EngineLayer.isLow(type)).findFirst().or(() -> all.stream().findFirst()).orElse("");
    }

    private static LayerReport report(String name, OnnxFile.Site site, Map<String, List<EngineLayer>> computing) {
        Set<EngineLayer> layers = new LinkedHashSet<>();
        boolean shown = true;
        for (String product : site.products()) {
            List<EngineLayer> its = computing.getOrDefault(product, List.of());
            shown &= !its.isEmpty();
            layers.addAll(its);
        }
        Set<String> fused = new TreeSet<>();
        layers.forEach(layer -> fused.addAll(layer.operators()));
        fused.removeAll(site.products());
        String precision = shown ? precision(List.copyOf(layers)) : "";
        return new LayerReport(name, site.operator(), precision, layers.stream().map(EngineLayer::kernel).toList(), List.copyOf(fused),
            reason(site, shown, precision, layers.size()));
    }

    private static String reason(OnnxFile.Site site, boolean shown, String precision, int layers) {
        List<String> reasons = new ArrayList<>();
        if (!shown) {
            reasons.add("the engine shows no layer that multiplies for " + String.join(", ", site.products()));
        } else if (site.quantized() && !EngineLayer.isLow(precision)) {
            reasons.add(site.factors() == 2 ? "its kernel takes " + precision + " operands" : "one factor of its product is not quantized");
        }
        if (site.operator().equals(LayerReport.ATTENTION) && layers > 1) {
            reasons.add("not fused: computed in " + layers + " kernels");
        }
        return String.join("; ", reasons);
    }
}
