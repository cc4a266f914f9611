package io.halftone.cluster.internal;

import io.halftone.distribute.Ledger;
import io.halftone.distribute.OpenWork;
import io.halftone.distribute.Work;
import io.halftone.distribute.WorkDistributor;
import io.halftone.distribute.WorkSession;
import io.halftone.distribute.Workbench;
import io.halftone.model.Named;
import java.io.IOException;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs units on all members of a cluster. A configuration that may not be is refused where somebody asks for the cluster. */
@Component(service = {WorkDistributor.class, ClusterDistributor.class}, configurationPid = "io.halftone.cluster",
    immediate = true)   // a member that is configured to join works for others: nobody in this process asks for it
@Named("cluster")
@Designate(ocd = ClusterConfig.class)
public final class ClusterDistributor implements WorkDistributor {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterDistributor.class);

    private final ClusterNode node;
    private final RuntimeException wrong;

    /** Checks the configuration, and joins if it says so. */
    @Activate
    public ClusterDistributor(ClusterConfig config, @Reference Workbench workbench) {
        ClusterNode made = null;
        RuntimeException refused = null;
        try {
            made = new ClusterNode(ClusterSettings.of(config), workbench, Ledger.Terms.USUAL);
        } catch (RuntimeException e) {
            refused = e;
        }
        node = made;
        wrong = refused;
        if (config.join()) {
            new Thread(this::joinAtStart, "halftone-cluster").start();   // it may take seconds: the container starts meanwhile
        }
    }

    private void joinAtStart() {
        try {
            work();
        } catch (RuntimeException e) {
            LOG.error("{}", e.getMessage());
        }
    }

    private ClusterNode node() {
        if (wrong != null) {
            throw new IllegalArgumentException(wrong.getMessage(), wrong);
        }
        return node;
    }

    @Override
    public WorkSession begin(Work work, OpenWork here) throws IOException {
        try {
            return node().begin(work, here);
        } catch (IllegalStateException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Joins, and works for others from now on. */
    void work() {
        node().work();
    }

    /** All members; joins for that. */
    List<ClusterNode.Listed> members() {
        return node().members();
    }

    /** Works for others no more. */
    void rest() {
        node().rest();
    }

    /** How many other members there are; joins for that. */
    int others() {
        return node().join().others().size();
    }

    /** What this process says of itself. */
    MemberState state() {
        return node().state();
    }

    /** Leaves. */
    @Deactivate
    public void close() {
        if (node != null) {
            node.close();
        }
    }
}
