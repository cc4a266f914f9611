package io.halftone.core.internal.evaluate;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** What networks say of pictures; nothing where none is given. */
public final class Perceptual {
    /** No network. */
    public static Perceptual none() {
        return new Perceptual();
    }

    private Perceptual() {}

    /** Says which networks there are. */
    void describe(ObjectNode metrics) {
    }

    /** Adds what is known of a picture. */
    void put(String variant, ObjectNode picture) {
    }
}
