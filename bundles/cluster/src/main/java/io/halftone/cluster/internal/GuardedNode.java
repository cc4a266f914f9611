package io.halftone.cluster.internal;

import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.instance.impl.DefaultNodeContext;
import com.hazelcast.instance.impl.DefaultNodeExtension;
import com.hazelcast.instance.impl.Node;
import com.hazelcast.instance.impl.NodeExtension;
import com.hazelcast.nio.MemberSocketInterceptor;

/**
 * A node of Hazelcast whose connections pass an {@link Admission}. The open edition calls interceptors of sockets and has none: this
 * is where it takes them from.
 */
final class GuardedNode extends DefaultNodeExtension {
    private final MemberSocketInterceptor admission;

    private GuardedNode(Node node, MemberSocketInterceptor admission) {
        super(node);
        this.admission = admission;
    }

    @Override
    public MemberSocketInterceptor getSocketInterceptor(EndpointQualifier endpoint) {
        return admission;
    }

    @Override
    public void printNodeInfo() {
        // a log is no place for a logo
    }

    /** Makes such nodes. */
    static final class Context extends DefaultNodeContext {
        private final MemberSocketInterceptor admission;

        Context(MemberSocketInterceptor admission) {
            this.admission = admission;
        }

        @Override
        public NodeExtension createNodeExtension(Node node) {
            return new GuardedNode(node, admission);
        }
    }
}
