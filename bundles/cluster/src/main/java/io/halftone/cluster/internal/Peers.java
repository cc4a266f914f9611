package io.halftone.cluster.internal;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** The members of a cluster as one of them sees them. For several threads. */
interface Peers {
    /**
     * A member.
     *
     * @param life    of its process in this cluster: one that was gone and comes again has another
     * @param address where it listens
     */
    record Peer(UUID life, String address) {}

    /** This process. */
    Peer self();

    /** The others, the longest there first. */
    List<Peer> others();

    /** Asks a member; fails when it is gone, or has not understood. */
    CompletableFuture<ByteBuffer> ask(UUID life, byte[] content);
}
