package io.halftone.cluster.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.distribute.OpenWork;
import io.halftone.distribute.Unit;
import io.halftone.distribute.UnitSource;
import io.halftone.distribute.Work;
import io.halftone.distribute.Workbench;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What a member does with a session, and a coordinator whose answers the test gives. */
class ShiftTest {
    private static final UUID SESSION = new UUID(1, 1);
    private static final Work WORK = ToyWork.described(1);

    private final List<Message> said = new CopyOnWriteArrayList<>();
    private final AtomicInteger serving = new AtomicInteger();
    private final AtomicInteger servingAtClose = new AtomicInteger(-1);
    private final CountDownLatch works = new CountDownLatch(1);
    private volatile Thread broken;

    /** Lends one unit after the other, and fails whoever asks for its own name on the broken thread. */
    private final class Coordinator implements Peers {
        @Override
        public Peer self() {
            if (Thread.currentThread() == broken && works.getCount() == 0) {
                throw new IllegalStateException("broken");
            }
            return new Peer(new UUID(0, 1), "here:1");
        }

        @Override
        public List<Peer> others() {
            return List.of();
        }

        @Override
        public CompletableFuture<ByteBuffer> ask(UUID life, byte[] content) {
            Message message = Message.of(ByteBuffer.wrap(content));
            said.add(message);
            Grant grant = message instanceof Message.Take ? new Grant.Lent(new Unit(7, "argument")) : new Grant.Later(1);
            return CompletableFuture.completedFuture(ByteBuffer.wrap(grant.bytes()));
        }
    }

    /** Work that is done until the shift ends. */
    private final class Endless implements OpenWork {
        @Override
        public int workers() {
            return 2;
        }

        @Override
        public void serve(int worker, UnitSource units) throws IOException {
            serving.incrementAndGet();
            try {
                for (Optional<Unit> unit = units.next(); unit.isPresent(); unit = units.next()) {
                    for (int i = 1; i <= 1_000; i++) {
                        units.progress(unit.get(), i, 1_000);
                        works.countDown();
                        Thread.sleep(1);
                    }
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            } finally {
                serving.decrementAndGet();
            }
        }

        @Override
        public void close() {
            servingAtClose.set(serving.get());
        }
    }

    private Shift shift() {
        Workbench bench = new Workbench() {
            @Override
            public OpenWork open(String description, List<String> devices) {
                return new Endless();
            }

            @Override
            public List<String> devices(List<String> devices) {
                return List.of();
            }
        };
        return new Shift(new Message.Offer(SESSION, new UUID(0, 2), WORK.kind(), WORK.subject(), WORK.digest(), WORK.description()), bench,
            new Shift.Crew(List.of(), 0), new Coordinator(), new Refusals(), 60, new AtomicLong());
    }

    private Thread start(Shift shift) throws InterruptedException {
        Thread thread = new Thread(() -> {
            try {
                shift.run();
            } catch (IllegalStateException e) {
                assertEquals("broken", e.getMessage());
            }
        });
        broken = thread;
        thread.start();
        assertTrue(works.await(30, TimeUnit.SECONDS));
        return thread;
    }

    @Test
    void closesNothingThatAWorkerUsesWhateverGoesWrong() throws InterruptedException {
        Thread thread = start(shift());
        thread.join(30_000);
        assertEquals(0, servingAtClose.get(), "workers that ran when it was closed");
        long taken = said.stream().filter(Message.Take.class::isInstance).count();
        Thread.sleep(20);
        assertEquals(taken, said.stream().filter(Message.Take.class::isInstance).count(), "units that were taken after its end");
    }

    @Test
    void givesItsUnitsBackWhenItLeaves() throws InterruptedException {
        Shift shift = shift();
        Thread thread = start(shift);
        broken = null;
        shift.leave();
        assertTrue(said.contains(new Message.Left(SESSION, new UUID(0, 1))), said.toString());
        thread.join(30_000);
        assertEquals(0, servingAtClose.get());
        shift.leave();
        assertEquals(1, said.stream().filter(Message.Left.class::isInstance).count());
    }
}
