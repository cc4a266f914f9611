package io.halftone.cluster.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SealTest {
    private static final byte[] CONTENT = "content".getBytes(StandardCharsets.UTF_8);

    static ClusterSettings settings(String name, String secret) {
        return new ClusterSettings(name, secret, List.of(), false, "127.0.0.1", 5701, 1, 5, true, new Shift.Crew(List.of(), 0));
    }

    private final Seal seal = new Seal(ClusterKey.of(settings("tests", "a secret of the tests")));

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    @Test
    void opensWhatItSealed() {
        byte[] call = seal.call("b", CONTENT);
        assertArrayEquals(CONTENT, bytes(seal.openCall("b", call)));
        assertArrayEquals(CONTENT, bytes(seal.openAnswer(call, seal.answer(call, CONTENT))));
        assertFalse(Arrays.equals(call, seal.call("b", CONTENT)), "two calls have two numbers");
    }

    @Test
    void refusesACallThatIsSentAgain() {
        byte[] call = seal.call("b", CONTENT);
        byte[] later = seal.call("b", CONTENT);
        seal.openCall("b", later);
        assertArrayEquals(CONTENT, bytes(seal.openCall("b", call)), "one call overtook the other");
        for (byte[] recorded : List.of(call, later)) {
            assertEquals("call: found one that came before; expected each once",
                assertThrows(SecurityException.class, () -> seal.openCall("b", recorded)).getMessage());
        }
    }

    @Test
    void refusesEveryChangedByte() {
        byte[] call = seal.call("b", CONTENT);
        byte[] answer = seal.answer(call, CONTENT);
        for (int i = 0; i < call.length; i++) {
            byte[] changed = call.clone();
            changed[i] ^= 1;
            assertThrows(SecurityException.class, () -> seal.openCall("b", changed));
        }
        for (int i = 0; i < answer.length; i++) {
            byte[] changed = answer.clone();
            changed[i] ^= 1;
            assertThrows(SecurityException.class, () -> seal.openAnswer(call, changed));
        }
        for (int length = 0; length < call.length; length++) {
            byte[] cut = Arrays.copyOf(call, length);
            assertThrows(SecurityException.class, () -> seal.openCall("b", cut));
        }
    }

    @Test
    void refusesAnAnswerToAnotherCall() {
        byte[] first = seal.call("b", CONTENT);
        byte[] answer = seal.answer(first, CONTENT);
        byte[] second = seal.call("b", CONTENT);
        assertEquals("answer: found one with a wrong tag; expected one of a member that knows the secret",
            assertThrows(SecurityException.class, () -> seal.openAnswer(second, answer)).getMessage());
    }

    @Test
    void refusesACallToAnotherMember() {
        byte[] call = seal.call("b", CONTENT);
        assertEquals("call: found one with a wrong tag; expected one of a member that knows the secret",
            assertThrows(SecurityException.class, () -> seal.openCall("c", call)).getMessage());
    }

    @Test
    void makesAnotherKeyOfAnotherSecretOrName() {
        byte[] call = seal.call("b", CONTENT);
        for (ClusterSettings other : List.of(settings("tests", "a secret of the testz"), settings("test", "a secret of the tests"),
                settings("tests", ""))) {
            assertThrows(SecurityException.class, () -> new Seal(ClusterKey.of(other)).openCall("b", call));
        }
    }
}
