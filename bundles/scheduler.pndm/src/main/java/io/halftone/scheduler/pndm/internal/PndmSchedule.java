package io.halftone.scheduler.pndm.internal;

import io.halftone.ops.EagerOps;
import io.halftone.ops.Generator;
import io.halftone.pipeline.Schedule;
import io.halftone.scheduler.noise.Prediction;
import io.halftone.scheduler.noise.Signal;
import java.util.Objects;

/**
 * One call of the backbone more than there are steps, where there are two or more. Call 0 takes the first step in a
 * first-order way, call 1 looks from where that led and takes the first step once more with the mean of both outputs, and
 * from call 2 on there is one call for each step, from the second one.
 *
 * <p>A call belongs to the step at whose time step the backbone runs. So calls 1 and 2 both belong to step 1, and what is
 * observed of a step is all at one time step.
 */
final class PndmSchedule implements Schedule {
    private final Signal signal;
    private final int[] timesteps;
    private final float end;
    private final Prediction prediction;

    /**
     * A schedule.
     *
     * @param timesteps descending, one for each step
     * @param end       the signal's share after the last step
     */
    PndmSchedule(Signal signal, int[] timesteps, float end, Prediction prediction) {
        this.signal = signal;
        this.timesteps = timesteps;
        this.end = end;
        this.prediction = prediction;
    }

    @Override
    public int calls() {
        return timesteps.length == 1 ? 1 : timesteps.length + 1;
    }

    @Override
    public int step(int call) {
        return Objects.checkIndex(call, calls()) < 2 ? call : call - 1;
    }

    @Override
    public double timestep(int call) {
        return timesteps[step(call)];
    }

    /** The time step that a call's move starts at: at call 1, which moves anew from the first one, a stride above its own. */
    private int from(int call) {
        return timesteps[step(call)] + (call == 1 ? stride() : 0);
    }

    private int stride() {
        return signal.steps() / timesteps.length;
    }

    /** The signal's share where a call's move starts. */
    float shareBefore(int call) {
        return signal.at(from(call));
    }

    /** The signal's share where a call's move ends. */
    float shareAfter(int call) {
        int to = from(call) - stride();
        return to < 0 ? end : signal.at(to);
    }

    @Override
    public double[] sigmas() {
        double[] sigmas = new double[timesteps.length + 1];
        for (int i = 0; i < timesteps.length; i++) {
            sigmas[i] = sigma(signal.at(timesteps[i]));
        }
        sigmas[timesteps.length] = sigma(shareAfter(calls() - 1));
        return sigmas;
    }

    private static float sigma(float share) {
        return (float) Math.sqrt((1 - share) / share);
    }

    @Override
    public double initialNoiseScale() {
        return 1;
    }

    @Override
    public <T> Sampler<T> sampler(EagerOps<T> ops, Generator<T> noise) {
        return new PndmSampler<>(ops, this, prediction);
    }
}
