package io.halftone.core.internal.task;

import io.halftone.api.CachedEngine;
import io.halftone.export.EngineException;
import io.halftone.export.ExtentFacts;
import io.halftone.model.ModelSignature.Extent;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The extents of the engine that takes a request. One that is tuned for it is the fastest; but where a cache has another that takes it, that
 * one is run, as a build takes minutes.
 */
final class KeptExtents {
    /** The fact that an entry's extents are kept as. */
    static final String FACT = "extents";

    private static final Logger LOG = LoggerFactory.getLogger(KeptExtents.class);

    private KeptExtents() {}

    /**
     * Those of an engine that is kept, or else those that one is to be built for.
     *
     * @param facts  what the engine is made of, but for its extents
     * @param tuned  extents of an engine for the request
     * @param needed what the request has of each dimension
     */
    static Map<String, Extent> of(EngineCache cache, Map<String, String> facts, Map<String, Extent> tuned, Map<String, Long> needed)
        throws IOException {
        Map<String, Extent> chosen = null;
        for (CachedEngine entry : CacheEntries.of(cache)) {
            Map<String, Extent> its = extents(entry, facts).orElse(null);
            if (tuned.equals(its)) {
                return tuned;
            }
            if (chosen == null && its != null && takes(its, needed)) {
                chosen = its;
            }
        }
        if (chosen == null) {
            return tuned;
        }
        LOG.info("an engine tuned for {} is there and takes {}", new ExtentFacts(chosen).text(), needed);
        return chosen;
    }

    /** Nothing of an entry that differs in anything else. */
    private static Optional<Map<String, Extent>> extents(CachedEngine entry, Map<String, String> facts) {
        for (String line : entry.facts()) {
            if (!line.startsWith(FACT + ": ")) {
                continue;
            }
            String its = line.substring(FACT.length() + 2);
            Map<String, String> all = new TreeMap<>(facts);
            all.put(FACT, its);
            if (!EngineCache.text(all).lines().toList().equals(entry.facts())) {
                return Optional.empty();
            }
            try {
                return Optional.of(ExtentFacts.parse(entry.folder().toString(), its).extents());
            } catch (EngineException e) {
                LOG.debug("an entry of the engine cache is left alone", e);
            }
        }
        return Optional.empty();
    }

    private static boolean takes(Map<String, Extent> extents, Map<String, Long> needed) {
        return needed.entrySet().stream().allMatch(dim -> {
            Extent its = extents.get(dim.getKey());
            return its != null && its.least() <= dim.getValue() && dim.getValue() <= its.greatest();
        });
    }
}
