package io.halftone.cluster.internal;

import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Works for others until it is interrupted. */
@Service
@Command(scope = "halftone", name = "cluster-member", description = "Works on units of others' jobs, until it is stopped",
    detailedDescription = "classpath:cluster-member.txt")
public final class ClusterMemberCommand implements Action {
    private static final long LOOK_MILLIS = 1_000;

    @Reference
    ClusterDistributor cluster;

    // Karaf's stream of the command's thread
    PrintStream err = System.err;

    @Override
    public Object execute() throws InterruptedException {
        cluster.work();
        try {
            watch();
            return null;
        } finally {
            cluster.rest();
        }
    }

    /** Says what changes, until it is interrupted. */
    private void watch() throws InterruptedException {
        int members = 0;
        String doing = "";
        while (true) {
            int now = cluster.others() + 1;
            if (now != members) {
                members = now;
                say("cluster: " + members + (members == 1 ? " member" : " members"));
            }
            MemberState state = cluster.state();
            String does = state.doing().isEmpty() ? "" : state.doing().get(0).replaceFirst(": unit .*", "");
            if (!does.isEmpty() && !does.equals(doing)) {   // between two units it does nothing for a moment
                say("works on " + does);
                doing = does;
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }

    private void say(String line) {
        err.println(line);
        err.flush();
    }
}
