package io.halftone.cluster.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** The coordinator of a session, as a member reaches it: by the life that it has now. For several threads. */
final class CoordinatorLink {
    /** Messages in a row that a coordinator may fail to understand: it is of another version then. */
    static final int MOST_MISUNDERSTOOD = 20;
    private static final long ANSWER_MINUTES = 10;

    private final Peers peers;
    private final AtomicInteger misunderstood = new AtomicInteger();
    private volatile UUID life;
    private volatile long heard = System.nanoTime();

    /** A coordinator that has failed to understand too often. */
    static final class OtherVersionException extends IOException {
        private static final long serialVersionUID = 1;

        OtherVersionException(Throwable cause) {
            super(cause);
        }
    }

    CoordinatorLink(Peers peers, UUID life) {
        this.peers = peers;
        this.life = life;
    }

    /** It is still there, perhaps after it was gone for a while and has another life. */
    void renew(UUID now) {
        life = now;
        heard = System.nanoTime();
    }

    /** Its silence counts from now. */
    void begin() {
        heard = System.nanoTime();
    }

    /** Whether it was not heard of for longer. */
    boolean isSilentFor(long millis) {
        return System.nanoTime() - heard > TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /** Sends without waiting for an answer. */
    void tell(Message message) {
        peers.ask(life, message.bytes());
    }

    /**
     * What it answers.
     *
     * @throws OtherVersionException if it has failed to understand too many messages in a row
     * @throws IOException           if it cannot be reached, or has not understood
     */
    Grant ask(Message message) throws IOException {
        try {
            ByteBuffer answer = peers.ask(life, message.bytes()).get(ANSWER_MINUTES, TimeUnit.MINUTES);
            heard = System.nanoTime();
            Grant grant = Grant.of(answer);
            if (!(message instanceof Message.Alive)) {
                misunderstood.set(0);
            }
            return grant;
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            if (e.getCause() instanceof SecurityException && misunderstood.incrementAndGet() > MOST_MISUNDERSTOOD) {
                throw new OtherVersionException(e);
            }
            throw new IOException(e);
        } catch (InterruptedException e) {   // nobody interrupts a worker
            throw new IllegalStateException(e);
        }
    }
}
