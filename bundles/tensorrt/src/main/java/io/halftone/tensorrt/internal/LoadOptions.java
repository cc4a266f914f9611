package io.halftone.tensorrt.internal;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a user may choose when an engine is loaded.
 *
 * @param device    the GPU, counted from 0
 * @param cudaGraph whether the launches of a run are recorded and replayed while shapes stay the same
 */
record LoadOptions(int device, boolean cudaGraph) {
    static final String CUDA_GRAPH = "cuda-graph";
    static final Set<String> NAMES = Set.of(BuildOptions.DEVICE, CUDA_GRAPH);

    /**
     * Reads options by name.
     *
     * @throws IllegalArgumentException if there is an unknown name or value
     */
    static LoadOptions of(Map<String, String> options) {
        for (String name : new TreeSet<>(options.keySet())) {
            if (!NAMES.contains(name)) {
                throw new IllegalArgumentException("option: found " + name + "; expected one of " + new TreeSet<>(NAMES)
                    + " when an engine is loaded");
            }
        }
        String graph = options.getOrDefault(CUDA_GRAPH, "true");
        if (!graph.equals("true") && !graph.equals("false")) {
            throw new IllegalArgumentException("option " + CUDA_GRAPH + ": found " + graph + "; expected true or false");
        }
        String device = options.getOrDefault(BuildOptions.DEVICE, "0");
        int number = BuildOptions.of(Map.of(BuildOptions.DEVICE, device)).device();
        return new LoadOptions(number, Boolean.parseBoolean(graph));
    }
}
