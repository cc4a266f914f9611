package io.halftone.api;

import io.halftone.export.ModelReport;
import io.halftone.model.ModelSignature.Extent;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a model file holds, and what Halftone wrote into it if it was Halftone.
 *
 * @param model        the file
 * @param recipe       the digest of the recipe that it was quantized by; empty if there is none
 * @param architecture class of the backbone that the recipe is for; empty if there is none
 * @param extents      what engines of it are for, by dimension; empty if it does not say
 * @param multiplyAdds of one run at the usual extents; NaN if it does not say
 * @param options      the form of its inputs that was asked for, such as {@code ids_rank}; empty for the usual one
 * @param problems     what keeps it from being run, those of the facts that Halftone wrote included
 */
public record InspectResult(ModelReport model, String recipe, String architecture, Map<String, Extent> extents, double multiplyAdds,
                            Map<String, String> options, List<String> problems) {
    public InspectResult {
        extents = Collections.unmodifiableMap(new TreeMap<>(extents));
        options = Collections.unmodifiableMap(new TreeMap<>(options));
        problems = List.copyOf(problems);
    }
}
