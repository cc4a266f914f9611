package io.halftone.cluster.internal;

import io.halftone.distribute.Ledger;
import io.halftone.distribute.Unit;
import io.halftone.distribute.WorkSession;
import java.util.List;
import java.util.TreeMap;

/** A process of a cluster, for tests that kill some: {@code member}, or {@code coordinate} and how many units. */
public final class MemberMain {
    private MemberMain() {}

    /**
     * Runs one.
     *
     * @param args port, seconds of the heartbeat limit, milliseconds of a step, and what to do
     */
    public static void main(String[] args) throws Exception {
        long step = Long.parseLong(args[2]);
        ClusterSettings settings = new ClusterSettings("processes", "a secret of the tests", List.of(), false, "127.0.0.1",
            Integer.parseInt(args[0]), 8, Integer.parseInt(args[1]), true, new Shift.Crew(List.of(), 0));
        ToyWork.Bench bench = new ToyWork.Bench();
        ClusterNode node = new ClusterNode(settings, bench, new Ledger.Terms(60_000, 3));
        if (args[3].equals("member")) {
            node.work();
            System.out.println("joined");
            System.in.read();   // until whoever started it is gone
            System.exit(0);
        }
        node.join();
        System.out.println("joined");
        List<Unit> units = ToyWork.units(0, Integer.parseInt(args[4]));
        ToyWork.Sink sink = new ToyWork.Sink();
        ToyWork here = new ToyWork(1, step);
        try (WorkSession session = node.begin(ToyWork.described(step), here)) {
            Thread told = new Thread(() -> {
                int last = -1;
                while (true) {
                    if (sink.results.size() != last) {
                        last = sink.results.size();
                        System.out.println("done " + last);
                    }
                    try {
                        Thread.sleep(20);
                    } catch (InterruptedException e) {
                        return;
                    }
                }
            });
            told.setDaemon(true);
            told.start();
            session.run(units, sink);
        }
        System.out.println(new TreeMap<>(sink.results).equals(ToyWork.expected(units)) ? "equal" : "different " + sink.results);
        System.exit(0);
    }
}
