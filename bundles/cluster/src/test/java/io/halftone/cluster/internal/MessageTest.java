package io.halftone.cluster.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.distribute.Unit;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class MessageTest {
    private static final UUID SESSION = new UUID(1, 2);
    private static final UUID LIFE = new UUID(3, 4);
    private static final List<Message> ALL = List.of(new Message.Describe(),
        new Message.Offer(SESSION, LIFE, "calibrate", "models/sdxl", "00ff", "{}"),
        new Message.End(SESSION), new Message.Take(SESSION, LIFE, 3), new Message.Done(SESSION, LIFE, 1, 7, 20, new byte[] {1, 2, 3}),
        new Message.Failed(SESSION, LIFE, 0, 5, "layer: found NaN"), new Message.Refused(SESSION, LIFE, List.of("a", "ö")),
        new Message.Alive(SESSION, LIFE, List.of(new Message.Beat(0, 1, 2, 3), new Message.Beat(1, 4, 0, 0))), new Message.Left(SESSION, LIFE));

    @Test
    void readsWhatItWrote() {
        for (Message message : ALL) {
            byte[] bytes = message.bytes();
            assertArrayEquals(bytes, Message.of(ByteBuffer.wrap(bytes)).bytes(), message.toString());
            assertEquals(message.getClass(), Message.of(ByteBuffer.wrap(bytes)).getClass());
        }
        MemberState state = new MemberState("host 7", List.of("cpu"), List.of("unit 3"), 9,
            List.of(new MemberState.JobState("calibrate", "sdxl", 1, 2, 3, 4, 5)), List.of("refused"));
        assertEquals(state, MemberState.of(ByteBuffer.wrap(state.bytes())));
        for (Grant grant : List.of(new Grant.Lent(new Unit(4, "argument")), new Grant.Later(20), new Grant.Over())) {
            assertEquals(grant, Grant.of(ByteBuffer.wrap(grant.bytes())));
        }
    }

    @Test
    void refusesWhatIsCutOffOrTooLong() {
        for (Message message : ALL) {
            byte[] bytes = message.bytes();
            for (int length = 0; length < bytes.length; length++) {
                byte[] cut = Arrays.copyOf(bytes, length);
                assertThrows(IllegalArgumentException.class, () -> Message.of(ByteBuffer.wrap(cut)), message + " cut at " + length);
            }
            byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
            assertEquals("message: found 1 bytes behind its end; expected none",
                assertThrows(IllegalArgumentException.class, () -> Message.of(ByteBuffer.wrap(longer))).getMessage());
        }
    }

    @Test
    void readsAnyBytesOrRefusesThem() {
        Random random = new Random(5);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = i % 2 == 0 ? new byte[random.nextInt(80)] : ALL.get(random.nextInt(ALL.size())).bytes();
            for (int j = 0; j < (i % 2 == 0 ? bytes.length : 2); j++) {
                bytes[i % 2 == 0 ? j : random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                Message.of(ByteBuffer.wrap(bytes));
            } catch (IllegalArgumentException e) {
                refused++;
            }
        }
        assertTrue(refused > 10_000, "refused only " + refused);
    }
}
