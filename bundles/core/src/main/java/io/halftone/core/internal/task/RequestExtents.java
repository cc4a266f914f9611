package io.halftone.core.internal.task;

import io.halftone.model.ModelSignature;
import io.halftone.model.ModelSignature.Extent;
import io.halftone.ops.Dim;
import io.halftone.ops.Shape;
import java.util.Map;
import java.util.TreeMap;

/** The extents of an engine that is to take a request. */
final class RequestExtents {
    private RequestExtents() {}

    /**
     * The usual extents, widened to what the request has, and tuned for it.
     *
     * @param usual  of each named dimension
     * @param inputs the shapes of the request's tensors by input
     * @throws IllegalArgumentException naming the dimension that the model cannot have of that extent
     */
    static Map<String, Extent> of(ModelSignature signature, Map<String, Extent> usual, Map<String, Shape> inputs) {
        Map<String, Extent> extents = new TreeMap<>(usual);
        needed(signature, inputs).forEach((name, needed) -> {
            Extent may = signature.extents().get(name);
            if (needed < may.least() || needed > may.greatest()) {
                throw new IllegalArgumentException("engine: " + name + ": found a request that needs " + needed + "; expected " + may.least()
                    + " to " + may.greatest() + ": make fewer pictures at once, or of another size");
            }
            Extent its = extents.get(name);
            extents.put(name, its == null ? new Extent(needed, needed, needed)
                : new Extent(Math.min(its.least(), needed), needed, Math.max(its.greatest(), needed)));
        });
        return extents;
    }

    /** The extents that the inputs' shapes have where a dimension is a name alone. */
    static Map<String, Long> needed(ModelSignature signature, Map<String, Shape> inputs) {
        Map<String, Long> needed = new TreeMap<>();
        for (ModelSignature.Port port : signature.inputs()) {
            Shape shape = inputs.get(port.name());
            for (int axis = 0; shape != null && shape.rank() == port.shape().rank() && axis < shape.rank(); axis++) {
                Dim dim = port.shape().dim(axis);
                if (signature.extents().containsKey(dim.toString())) {
                    needed.put(dim.toString(), shape.dim(axis).size());
                }
            }
        }
        return needed;
    }
}
