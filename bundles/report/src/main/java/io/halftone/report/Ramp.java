package io.halftone.report;

/** From a number to a colour whose lightness grows evenly, so that it reads in grey too. */
final class Ramp {
    /** Of matplotlib's inferno, at every eighth: red, green, blue. */
    private static final int[][] STOPS = {{0, 0, 4}, {31, 12, 72}, {85, 15, 109}, {136, 34, 106}, {186, 54, 85}, {227, 89, 51}, {249, 140,
        10},
        {249, 201, 50}, {252, 255, 164}};

    private Ramp() {}

    /** The colour of a part, 0 to 1: packed red, green, blue. */
    static int colour(double part) {
        double at = Math.max(0, Math.min(1, part)) * (STOPS.length - 1);
        int stop = (int) Math.min(STOPS.length - 2, Math.floor(at));
        int packed = 0;
        for (int channel = 0; channel < 3; channel++) {
            double value = STOPS[stop][channel] + (at - stop) * (STOPS[stop + 1][channel] - STOPS[stop][channel]);
            packed = packed << 8 | (int) Math.round(value);
        }
        return packed;
    }
}
