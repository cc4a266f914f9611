package io.halftone.scheduler.dpm.internal;

import io.halftone.model.ModelConfig;

/**
 * How many outputs a step combines, and how.
 *
 * @param order           1 to 3
 * @param heun            whether the second-order term is Heun's, not the midpoint's
 * @param lowerOrderFinal whether the last steps of a short run are of lower order
 * @param eulerAtFinal    whether the last step of any run is of order 1
 */
record Solver(int order, boolean heun, boolean lowerOrderFinal, boolean eulerAtFinal) {
    /** Runs of fewer steps are short. */
    private static final int SHORT = 15;

    static Solver read(ModelConfig config) {
        // the last three are other schedulers' types, for which diffusers takes the midpoint
        config.expect("solver_type", "midpoint", "heun", "logrho", "bh1", "bh2");
        int order = config.intValue("solver_order", 2);
        if (order < 1 || order > 3) {
            throw new IllegalArgumentException(config.source() + ": solver_order: found " + order + "; expected 1 to 3");
        }
        boolean zero = config.string("final_sigmas_type", "zero").equals("zero");
        return new Solver(order, config.string("solver_type", "midpoint").equals("heun"), config.flag("lower_order_final", true),
            config.flag("euler_at_final", false) || zero);
    }

    /** The order of one of the steps. */
    int orderAt(int step, int steps) {
        boolean lower = lowerOrderFinal && steps < SHORT;
        if (step == steps - 1 && (eulerAtFinal || lower)) {
            return 1;
        }
        int possible = Math.min(order, step + 1);
        return lower && step == steps - 2 ? Math.min(possible, 2) : possible;
    }
}
