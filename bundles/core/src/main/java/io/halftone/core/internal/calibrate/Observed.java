package io.halftone.core.internal.calibrate;

import io.halftone.core.internal.Plugins;
import io.halftone.quant.Collector;
import io.halftone.quant.Observation;
import io.halftone.quant.Planned;
import io.halftone.quant.Site;
import io.halftone.quant.Slot;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a calibration looks at.
 *
 * @param sites what is asked of each site, in the order of the plan
 */
record Observed(Map<Site, Asked> sites) {
    /**
     * What is asked of one site.
     *
     * @param observation as the algorithm wants it
     * @param collector   the one that the observation names
     * @param request     what the collector is asked
     */
    record Asked(Observation observation, Collector collector, Collector.Request request) {}

    Observed {
        sites = Collections.unmodifiableMap(new LinkedHashMap<>(sites));
    }

    /** What the algorithms of a plan want to see. */
    static Observed of(List<Planned> plan, Plugins plugins, int steps, double percentile) {
        Map<Site, Asked> sites = new LinkedHashMap<>();
        for (Planned planned : plan) {
            for (Map.Entry<Slot, Observation> entry : plugins.algorithms().get(planned.algorithm()).observations(planned).entrySet()) {
                Observation observation = entry.getValue();
                sites.put(new Site(planned.layer().name(), entry.getKey()), new Asked(observation,
                    plugins.collectors().get(observation.collector()), new Collector.Request(observation.channelAxis(), steps, percentile)));
            }
        }
        return new Observed(sites);
    }

    /** What is asked of a site, as text: the collector with what of its configuration changes ranges, and the axis. */
    String text(Site site) {
        Asked asked = sites.get(site);
        String configuration = asked.collector().configuration();
        return asked.observation().collector() + (configuration.isEmpty() ? "" : " (" + configuration + ")") + " " + asked.observation().channelAxis();
    }

    /** Whether a collector folds any site. */
    boolean uses(String collector) {
        return sites.values().stream().anyMatch(asked -> asked.observation().collector().equals(collector));
    }
}
