package io.halftone.scheduler.dpm.internal;

import io.halftone.model.ModelConfig;
import io.halftone.scheduler.noise.NoiseTable;
import io.halftone.scheduler.noise.Ramp;
import io.halftone.scheduler.noise.Respacing;
import io.halftone.scheduler.noise.Signal;
import io.halftone.scheduler.noise.Spacing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The time steps of one run and the noise levels it goes through.
 * Source: diffusers, scheduling_dpmsolver_multistep.py, DPMSolverMultistepScheduler.set_timesteps.
 *
 * @param timesteps whole numbers, one for each step
 * @param levels    that before each step, and the last one
 */
record DpmLevels(List<Integer> timesteps, List<Level> levels) {
    DpmLevels {
        timesteps = List.copyOf(timesteps);
        levels = List.copyOf(levels);
    }

    static DpmLevels read(ModelConfig config, int steps) {
        config.expect("final_sigmas_type", "zero", "sigma_min");
        config.expect("use_dynamic_shifting", false);
        Optional<Respacing> respacing = Respacing.read(config);
        boolean lu = config.flag("use_lu_lambdas", false);
        boolean flow = config.flag("use_flow_sigmas", false);
        if ((respacing.isPresent() ? 1 : 0) + (lu ? 1 : 0) + (flow ? 1 : 0) > 1) {
            throw new IllegalArgumentException(config.source() + ": use_lu_lambdas: found " + lu + " beside use_flow_sigmas " + flow
                + " and " + respacing.map(r -> r + " sigmas").orElse("no other sigmas") + "; expected one of them");
        }
        Signal signal = Signal.read(config);
        NoiseTable table = NoiseTable.of(signal);
        signal.checkSteps(steps);
        boolean cosine = config.string("beta_schedule", "linear").equals("squaredcos_cap_v2");
        float max = table.sigma(table.steps() - 1);
        float min = table.sigma(0);
        double[] sigmas;
        double[] timesteps;
        if (flow) {
            sigmas = flow(config.doubleValue("flow_shift", 1), table.steps(), steps);
            timesteps = times(sigmas, table.steps());
        } else if (lu) {
            sigmas = lu((float) Math.log(max), (float) Math.log(min), steps);
            timesteps = found(table, sigmas, !cosine);
        } else if (respacing.isPresent()) {
            sigmas = respacing.get().levels(max, min, steps);
            timesteps = found(table, sigmas, respacing.get() == Respacing.KARRAS && !cosine);
        } else {
            timesteps = spaced(config, table, steps);
            sigmas = new double[steps];
            for (int i = 0; i < steps; i++) {
                sigmas[i] = table.sigma(timesteps[i]);
            }
        }
        List<Integer> whole = new ArrayList<>();
        List<Level> levels = new ArrayList<>();
        for (int i = 0; i < steps; i++) {
            whole.add((int) timesteps[i]);
            levels.add(level(flow, (float) sigmas[i]));
        }
        levels.add(level(flow, config.string("final_sigmas_type", "zero").equals("zero") ? 0 : min));
        return new DpmLevels(whole, levels);
    }

    private static Level level(boolean flow, float sigma) {
        return flow ? Level.ofFlow(sigma) : Level.ofUnitVariance(sigma);
    }

    /** Time steps of as many steps and one more, rounded, less the last of them. */
    private static double[] spaced(ModelConfig config, NoiseTable table, int steps) {
        Spacing spacing = Spacing.read(config, Spacing.LINSPACE);
        int trained = unclipped(table, config.doubleValue("lambda_min_clipped", Double.NEGATIVE_INFINITY));
        boolean trailing = spacing == Spacing.TRAILING;
        if (trailing && trained < table.steps()) {
            throw new IllegalArgumentException(config.source() + ": lambda_min_clipped: found " + (table.steps() - trained)
                + " time steps below beside trailing time steps; expected none");
        }
        int parts = trailing ? steps : steps + 1;
        if (trained < 1 || spacing == Spacing.LEADING && parts > trained) {
            throw new IllegalArgumentException(config.source() + ": steps: found " + steps + " of " + trained
                + " time steps; expected at most " + Math.max(0, trained - 1));
        }
        double[] timesteps = spacing.timesteps(trained, parts, config.intValue("steps_offset", 0));
        double[] rounded = new double[steps];
        for (int i = 0; i < steps; i++) {
            rounded[i] = Math.rint(timesteps[i]);
        }
        return rounded;
    }

    /** The number of time steps at which the logarithm of signal over noise is not below a bound. */
    private static int unclipped(NoiseTable table, double bound) {
        int count = table.steps();
        while (count > 0 && -Math.log(table.sigma(count - 1)) < bound) {
            count--;
        }
        return count;
    }

    private static double[] flow(double shift, int trained, int steps) {
        double[] alphas = Ramp.doubles(1, 1.0 / trained, steps + 1);
        double[] sigmas = new double[steps];
        for (int i = 0; i < steps; i++) {
            double sigma = 1 - alphas[steps - i];
            sigmas[i] = shift * sigma / (1 + (shift - 1) * sigma);
        }
        return sigmas;
    }

    /** Source: Lu and others, "DPM-Solver", 2022, section 3.4: evenly in the logarithm, with diffusers' order of operations. */
    private static double[] lu(double from, double to, int steps) {
        double[] sigmas = Ramp.doubles(0, 1, steps);
        for (int i = 0; i < steps; i++) {
            sigmas[i] = Math.exp(from + sigmas[i] * (to - from));
        }
        return sigmas;
    }

    private static double[] times(double[] values, double factor) {
        double[] products = values.clone();
        for (int i = 0; i < products.length; i++) {
            products[i] *= factor;
        }
        return products;
    }

    private static double[] found(NoiseTable table, double[] sigmas, boolean round) {
        double[] timesteps = new double[sigmas.length];
        for (int i = 0; i < sigmas.length; i++) {
            double t = table.timestep(sigmas[i]);
            timesteps[i] = round ? Math.rint(t) : t;
        }
        return timesteps;
    }
}
