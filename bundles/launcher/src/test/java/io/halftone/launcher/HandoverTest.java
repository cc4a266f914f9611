package io.halftone.launcher;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HandoverTest {
    @AfterEach
    void forget() {
        System.clearProperty(Handover.ARGUMENTS);
    }

    @Test
    void argumentsArriveAsTheyWere() {
        String[] arguments = {"plan", "", " a b ", "\"'$\\", "x\ny", "ü图", ""};
        Handover.leave(arguments);
        assertArrayEquals(arguments, Handover.arguments(System.getProperty(Handover.ARGUMENTS)));
    }

    @Test
    void noArgumentsArriveAsNone() {
        Handover.leave();
        assertArrayEquals(new String[0], Handover.arguments(System.getProperty(Handover.ARGUMENTS)));
    }
}
