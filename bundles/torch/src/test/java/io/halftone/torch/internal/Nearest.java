package io.halftone.torch.internal;

import java.util.stream.IntStream;

/** What low types hold, from their definitions, and the nearest of it by trying all: what rounding is compared with. */
final class Nearest {
    /** Codes 0 to 126 of the 8-bit float with 4 exponent bits; 127 is no number. */
    static final double[] E4M3 = IntStream.range(0, 127).mapToDouble(code -> code < 8 ? code / 8.0 * Math.pow(2, -6)
        : (1 + code % 8 / 8.0) * Math.pow(2, code / 8 - 7)).toArray();
    /** Codes 0 to 7 of the 4-bit float with 2 exponent bits. */
    static final double[] E2M1 = {0, 0.5, 1, 1.5, 2, 3, 4, 6};

    private Nearest() {}

    /** The code of the value nearest to a magnitude; of two equally near ones the even code. */
    static int code(double[] values, double magnitude) {
        int best = 0;
        for (int code = 1; code < values.length; code++) {
            double distance = Math.abs(values[code] - magnitude) - Math.abs(values[best] - magnitude);
            if (distance > 0) {
                break;                                       // values are in order: the rest is farther away
            }
            best = distance < 0 || code % 2 == 0 ? code : best;
        }
        return best;
    }

    /** The nearest value, with the sign. */
    static double value(double[] values, double x) {
        return Math.copySign(values[code(values, Math.min(Math.abs(x), 1e30))], x);
    }
}
