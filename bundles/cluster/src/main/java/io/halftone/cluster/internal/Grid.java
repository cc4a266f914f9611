package io.halftone.cluster.internal;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.config.Config;
import com.hazelcast.config.ListenerConfig;
import com.hazelcast.core.ExecutionCallback;
import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.core.LifecycleListener;
import com.hazelcast.instance.impl.HazelcastInstanceFactory;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process as one of a cluster: who the others are, and calls to them. Hazelcast finds them, notices when they are gone and carries
 * the calls; a call to a member that goes fails. For several threads.
 */
final class Grid implements Peers, AutoCloseable {
    /** Answers calls: any number at a time. */
    @FunctionalInterface
    interface Desk {
        /** The answer to a call; what it throws is noted and answered with nothing. */
        byte[] answer(ByteBuffer call) throws Exception;
    }

    private static final Logger LOG = LoggerFactory.getLogger(Grid.class);

    private final HazelcastInstance hazelcast;
    private final Seal seal;
    private volatile Peer self;

    private Grid(HazelcastInstance hazelcast, Seal seal) {
        this.hazelcast = hazelcast;
        this.seal = seal;
        this.self = peer(hazelcast.getCluster().getLocalMember());
    }

    /**
     * Joins the cluster that there is, or begins one.
     *
     * @param changed is called, by any thread, after members came or went
     * @throws IllegalStateException if no port is free
     */
    static Grid join(ClusterSettings settings, ClusterKey key, Refusals refusals, Desk desk, Runnable changed) {
        Seal seal = new Seal(key);
        Config config = GridConfig.of(settings);
        HazelcastInstance[] self = new HazelcastInstance[1];
        config.setManagedContext(object -> {
            if (object instanceof Call call) {
                return (Callable<Answer>) () -> answer(self[0], seal, desk, call, refusals);
            }
            return object;
        });
        config.addListenerConfig(new ListenerConfig(new Changes(changed)));
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try {
            Thread.currentThread().setContextClassLoader(config.getClassLoader());   // its threads keep it
            String name = "halftone-" + UUID.randomUUID();   // of this process alone
            Admission admission = new Admission(settings.name(), key, refusals);
            self[0] = HazelcastInstanceFactory.newHazelcastInstance(config, name, new GuardedNode.Context(admission));
        } catch (HazelcastException | IllegalStateException e) {
            throw new IllegalStateException("cluster " + settings + ": found " + e.getMessage() + "; expected to join", e);
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
        return new Grid(self[0], seal);
    }

    private static Answer answer(HazelcastInstance self, Seal seal, Desk desk, Call call, Refusals refusals) {
        if (self == null) {   // this process is still joining: who asks asks again
            return new Answer(new byte[0]);
        }
        try {
            ByteBuffer content = seal.openCall(id(self), call.sealed());
            return new Answer(seal.answer(call.sealed(), desk.answer(content)));
        } catch (Exception e) {
            refusals.add("cluster: " + e.getMessage());
            return new Answer(new byte[0]);
        }
    }

    private static String id(HazelcastInstance self) {
        return self.getCluster().getLocalMember().getUuid().toString();
    }

    @Override
    public Peer self() {
        try {
            self = peer(hazelcast.getCluster().getLocalMember());   // joins again after a cut, with another life
        } catch (HazelcastInstanceNotActiveException e) {
            LOG.debug("{} has left", self);
        }
        return self;
    }

    @Override
    public List<Peer> others() {
        try {
            return hazelcast.getCluster().getMembers().stream().filter(member -> !member.localMember()).map(Grid::peer).toList();
        } catch (HazelcastInstanceNotActiveException e) {   // this process has left
            return List.of();
        }
    }

    private static Peer peer(Member member) {
        return new Peer(member.getUuid(), member.getAddress().getHost() + ":" + member.getAddress().getPort());
    }

    @Override
    public CompletableFuture<ByteBuffer> ask(UUID life, byte[] content) {
        CompletableFuture<ByteBuffer> answered = new CompletableFuture<>();
        try {
            Member member = hazelcast.getCluster().getMembers().stream().filter(one -> one.getUuid().equals(life)).findFirst().orElseThrow(
                () -> new IllegalStateException("cluster: member " + life + ": found gone; expected there"));
            byte[] sealed = seal.call(life.toString(), content);
            hazelcast.getExecutorService(GridConfig.CALLS).submitToMember(new Call(sealed), member, new ExecutionCallback<Answer>() {
                @Override
                public void onResponse(Answer answer) {
                    try {
                        answered.complete(seal.openAnswer(sealed, answer.sealed()));
                    } catch (RuntimeException e) {
                        answered.completeExceptionally(e);
                    }
                }

                @Override
                public void onFailure(Throwable failure) {
                    answered.completeExceptionally(failure);
                }
            });
        } catch (RuntimeException e) {   // it is gone, or this process is
            answered.completeExceptionally(e);
        }
        return answered;
    }

    /** Leaves. */
    @Override
    public void close() {
        hazelcast.getLifecycleService().terminate();   // nothing is kept that would have to go to others first
    }

    /** Hears of members, and of sides that found each other again. */
    private record Changes(Runnable changed) implements MembershipListener, LifecycleListener {
        @Override
        public void memberAdded(MembershipEvent event) {
            changed.run();
        }

        @Override
        public void memberRemoved(MembershipEvent event) {
            changed.run();
        }

        @Override
        public void stateChanged(LifecycleEvent event) {
            changed.run();
        }
    }
}
