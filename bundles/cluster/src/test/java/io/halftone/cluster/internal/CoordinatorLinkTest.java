package io.halftone.cluster.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CoordinatorLinkTest {
    private static final UUID SESSION = new UUID(1, 1);
    private static final UUID MEMBER = new UUID(0, 1);
    private static final UUID COORDINATOR = new UUID(0, 2);
    private static final Message TAKE = new Message.Take(SESSION, MEMBER, 0);
    private static final Message ALIVE = new Message.Alive(SESSION, MEMBER, List.of());

    private final List<UUID> asked = new ArrayList<>();
    private Throwable failure;
    private final CoordinatorLink link = new CoordinatorLink(new Peers() {
        @Override
        public Peer self() {
            return new Peer(MEMBER, "here:1");
        }

        @Override
        public List<Peer> others() {
            return List.of();
        }

        @Override
        public CompletableFuture<ByteBuffer> ask(UUID life, byte[] content) {
            asked.add(life);
            return failure != null ? CompletableFuture.failedFuture(failure)
                : CompletableFuture.completedFuture(ByteBuffer.wrap(new Grant.Later(7).bytes()));
        }
    }, COORDINATOR);

    private void isMisunderstood(int times) {
        failure = new SecurityException("call: found one with a wrong tag; expected one of a member that knows the secret");
        for (int i = 0; i < times; i++) {
            assertEquals(IOException.class, assertThrows(IOException.class, () -> link.ask(TAKE)).getClass());
        }
    }

    @Test
    void takesACoordinatorForAnotherVersionThatUnderstandsNothing() {
        isMisunderstood(CoordinatorLink.MOST_MISUNDERSTOOD);
        assertThrows(CoordinatorLink.OtherVersionException.class, () -> link.ask(TAKE));
    }

    @Test
    void countsAnewOnceSomethingWasUnderstood() throws IOException {
        isMisunderstood(CoordinatorLink.MOST_MISUNDERSTOOD);
        failure = null;
        assertEquals(7, assertInstanceOf(Grant.Later.class, link.ask(TAKE)).millis());
        isMisunderstood(CoordinatorLink.MOST_MISUNDERSTOOD);
    }

    @Test
    void signsOfLifeProveNothingOfOtherMessages() throws IOException {
        isMisunderstood(CoordinatorLink.MOST_MISUNDERSTOOD);
        failure = null;
        link.ask(ALIVE);
        failure = new SecurityException("another");
        assertThrows(CoordinatorLink.OtherVersionException.class, () -> link.ask(TAKE));
    }

    @Test
    void oneThatIsNotReachedIsOfNoOtherVersion() {
        failure = new IllegalStateException("gone");
        for (int i = 0; i <= CoordinatorLink.MOST_MISUNDERSTOOD; i++) {
            assertEquals(IOException.class, assertThrows(IOException.class, () -> link.ask(TAKE)).getClass());
        }
    }

    @Test
    void reachesTheLifeThatTheCoordinatorHasNow() throws IOException {
        link.tell(TAKE);
        link.renew(new UUID(0, 3));
        link.ask(TAKE);
        assertEquals(List.of(COORDINATOR, new UUID(0, 3)), asked);
    }

    @Test
    void isSilentUntilItAnswers() throws Exception {
        failure = new IllegalStateException("gone");
        Thread.sleep(5);
        assertThrows(IOException.class, () -> link.ask(TAKE));
        assertTrue(link.isSilentFor(4), "a failure is no word of it");
        failure = null;
        link.ask(TAKE);
        assertFalse(link.isSilentFor(60_000));
    }
}
