package io.halftone.cluster.internal;

import io.halftone.distribute.Ledger;
import io.halftone.distribute.OpenWork;
import io.halftone.distribute.Work;
import io.halftone.distribute.WorkSession;
import io.halftone.distribute.Workbench;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * This process in a cluster: a member that works for others, and the coordinator of its own jobs. It joins when somebody asks for that.
 * For several threads.
 */
final class ClusterNode implements AutoCloseable {
    private static final long ANSWER_SECONDS = 5;
    /** How long a member waits for a coordinator that cannot be reached, in heartbeat limits. */
    private static final int PATIENCE = 4;

    private final ClusterSettings settings;
    private final Ledger.Terms terms;
    private final Workbench workbench;
    private final Refusals refusals = new Refusals();
    private final Bench bench;
    private final Map<UUID, ClusterSession> sessions = new ConcurrentHashMap<>();
    private final CompletableFuture<List<String>> devices = new CompletableFuture<>();
    private volatile boolean working;
    private Grid grid;
    private boolean closed;

    ClusterNode(ClusterSettings settings, Workbench workbench, Ledger.Terms terms) {
        this.settings = settings;
        this.workbench = workbench;
        this.terms = terms;
        this.bench = new Bench(workbench, settings.crew(), refusals, (long) PATIENCE * settings.limit());
    }

    /**
     * Joins, unless it has.
     *
     * @throws IllegalStateException if no port is free, or the only members that were found refused this one
     */
    synchronized Peers join() {
        if (closed) {
            throw new IllegalStateException("cluster " + settings + ": found it closed; expected open");
        }
        if (grid == null) {
            long before = refusals.count();   // what refused this process earlier may be gone
            Grid joined = Grid.join(settings, ClusterKey.of(settings), refusals, this::answer, () -> { });
            List<String> refused = refusals.since(before).stream().filter(refusal -> refusal.startsWith(Admission.MEMBER)).toList();
            if (joined.others().isEmpty() && !refused.isEmpty()) {
                joined.close();
                throw new IllegalStateException(refused.get(refused.size() - 1));
            }
            grid = joined;
        }
        return grid;
    }

    /** Joins, and works for others from now on. */
    void work() {
        join();
        working = true;
    }

    /** Works for others no more; what it has begun for them is given back. */
    void rest() {
        working = false;
        bench.rest();
    }

    /** Begins to coordinate work. */
    WorkSession begin(Work work, OpenWork here) {
        Peers peers = join();
        UUID[] id = new UUID[1];
        ClusterSession session = new ClusterSession(work, Optional.of(here).filter(its -> settings.own()), peers, refusals, terms,
            () -> sessions.remove(id[0]));
        id[0] = session.id();
        sessions.put(session.id(), session);
        return session;
    }

    private byte[] answer(ByteBuffer call) {
        Message message = Message.of(call);
        if (message instanceof Message.Describe) {
            return state().bytes();
        } else if (message instanceof Message.Offer offer) {
            return working && bench.offer(offer, join()) ? ClusterSession.TAKEN : ClusterSession.NOT_NOW;
        } else if (message instanceof Message.End end) {
            bench.end(end.session());
            return ClusterSession.TAKEN;
        }
        ClusterSession session = sessions.get(session(message));
        return session == null ? new Grant.Over().bytes() : session.answer(message);
    }

    private static UUID session(Message message) {
        if (message instanceof Message.Take it) {
            return it.session();
        } else if (message instanceof Message.Done it) {
            return it.session();
        } else if (message instanceof Message.Failed it) {
            return it.session();
        } else if (message instanceof Message.Alive it) {
            return it.session();
        } else if (message instanceof Message.Refused it) {
            return it.session();
        } else if (message instanceof Message.Left it) {
            return it.session();
        }
        throw new IllegalArgumentException("message: found " + message.getClass().getSimpleName() + "; expected one to a coordinator");
    }

    /** What this member says of itself. */
    MemberState state() {
        return new MemberState(name(), devices(), bench.doing(), bench.finished(),
            sessions.values().stream().map(ClusterSession::state).flatMap(Optional::stream).toList(), refusals.list());
    }

    private List<String> devices() {
        if (!devices.isDone()) {
            synchronized (devices) {
                if (!devices.isDone()) {
                    devices.complete(workbench.devices(settings.crew().devices()));
                }
            }
        }
        return devices.join();
    }

    private static String name() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            host = "localhost";
        }
        return host + " " + ProcessHandle.current().pid();
    }

    /**
     * A member as {@code cluster} shows it.
     *
     * @param address where it listens
     * @param self    whether it is this process
     * @param state   what it says; empty if it does not answer
     */
    record Listed(String address, boolean self, Optional<MemberState> state) {}

    /** All members; joins for that. */
    List<Listed> members() {
        Peers peers = join();
        List<Listed> members = new ArrayList<>();
        members.add(new Listed(peers.self().address(), true, Optional.of(state())));
        Map<Peers.Peer, CompletableFuture<ByteBuffer>> asked = new LinkedHashMap<>();
        peers.others().forEach(peer -> asked.put(peer, peers.ask(peer.life(), new Message.Describe().bytes())));
        asked.forEach((peer, answer) -> members.add(new Listed(peer.address(), false, state(answer))));
        return members;
    }

    private static Optional<MemberState> state(CompletableFuture<ByteBuffer> answer) {
        try {
            return Optional.of(MemberState.of(answer.get(ANSWER_SECONDS, TimeUnit.SECONDS)));
        } catch (ExecutionException | TimeoutException | IllegalArgumentException e) {
            return Optional.empty();   // it is said that it does not answer
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** Leaves: what runs here for others stops, and runs elsewhere. Own jobs go on, on this machine. */
    @Override
    public void close() {
        Grid left;
        synchronized (this) {
            closed = true;
            left = grid;
        }
        if (left != null) {
            left.close();
        }
        bench.close();
    }
}
