package io.halftone.distribute;

/**
 * One unit of a work. It can run anywhere, any number of times, and its result has the same bytes.
 *
 * @param id       its number, at least 0, which no other unit of a work has
 * @param argument what it is, as {@link OpenWork} alone knows to read it; short
 */
public record Unit(int id, String argument) {
    public Unit {
        if (id < 0) {
            throw new IllegalArgumentException("unit: found " + id + "; expected >= 0");
        }
    }
}
