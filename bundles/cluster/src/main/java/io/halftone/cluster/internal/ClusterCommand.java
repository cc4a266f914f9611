package io.halftone.cluster.internal;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Members, what they compute on and what they do. */
@Service
@Command(scope = "halftone", name = "cluster", description = "Shows the members of the cluster, their devices, units and jobs",
    detailedDescription = "classpath:cluster.txt")
public final class ClusterCommand implements Action {
    @Reference
    ClusterDistributor cluster;

    // Karaf's stream of the command's thread: pipes and redirections in the shell apply to it
    PrintStream out = System.out;

    @Option(name = "--work", description = "Have this process work for others from now on, until it ends")
    private boolean work;

    @Option(name = "--json", description = "Print the result as one JSON object on standard output, and nothing else there")
    private boolean json;

    @Override
    public Object execute() throws IOException {
        if (work) {
            cluster.work();
        }
        List<ClusterNode.Listed> members = cluster.members();
        if (json) {
            out.println(ClusterReport.json(members));
        } else {
            ClusterReport.print(members, out);
        }
        out.flush();
        return null;
    }
}
