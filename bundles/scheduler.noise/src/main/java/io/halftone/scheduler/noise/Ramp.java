package io.halftone.scheduler.noise;

/** Evenly spaced numbers, both ends included, rounded as the source rounds them; the start alone where there is one. */
public final class Ramp {
    private Ramp() {}

    /** In float64, as numpy.linspace computes them. */
    public static double[] doubles(double start, double end, int count) {
        double step = (end - start) / (count - 1);
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = i == 0 ? start : i == count - 1 ? end : i * step + start;
        }
        return values;
    }

    /** In float32, as torch.linspace computes them: the first half counted from the start, the second from the end. */
    public static float[] floats(float start, float end, int count) {
        float step = (end - start) / (count - 1);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = i == 0 ? start : i < count / 2 ? start + step * i : end - step * (count - i - 1);
        }
        return values;
    }
}
