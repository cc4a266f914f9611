package io.halftone.cluster.internal;

import io.halftone.distribute.Ledger;
import io.halftone.distribute.Unit;
import io.halftone.distribute.WorkSession;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A process of a cluster, for tests that kill some: {@code member}, which sends itself a signal that it reads in the middle of its next unit,
 * {@code late}, the same that joins when it reads a line, or {@code coordinate} and how many units.
 */
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
        if (args[3].equals("member") || args[3].equals("late")) {
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            if (args[3].equals("late")) {
                System.out.println("ready");
                in.readLine();
            }
            node.work();
            System.out.println("joined");
            tellUnits(node);
            for (String line = in.readLine(); line != null; line = in.readLine()) {   // until whoever started it is gone
                String signal = line;
                bench.atNextStep = unit -> strike(signal, unit);
            }
            System.exit(0);
        }
        node.join();
        System.out.println("joined");
        List<Unit> units = ToyWork.units(0, Integer.parseInt(args[4]));
        ToyWork.Sink sink = new ToyWork.Sink();
        AtomicInteger again = new AtomicInteger();
        ToyWork here = new ToyWork(1, step);
        try (WorkSession session = node.begin(ToyWork.described(step), here)) {
            Thread told = new Thread(() -> {
                int last = -1;
                while (true) {
                    if (sink.results.size() != last) {
                        last = sink.results.size();
                        System.out.println("done " + last);
                    }
                    node.state().jobs().forEach(job -> again.accumulateAndGet(job.again(), Math::max));
                    sleep();
                }
            });
            told.setDaemon(true);
            told.start();
            session.run(units, sink);
        }
        System.out.println("again " + again);
        System.out.println(new TreeMap<>(sink.results).equals(ToyWork.expected(units)) ? "equal" : "different " + sink.results);
        System.exit(0);
    }

    private static void tellUnits(ClusterNode node) {
        Thread told = new Thread(() -> {
            for (long last = 0;; sleep()) {
                if (node.state().units() != last) {
                    last = node.state().units();
                    System.out.println("ran " + last);
                }
            }
        });
        told.setDaemon(true);
        told.start();
    }

    /** Kills or stops this process in the middle of a unit. */
    private static void strike(String signal, Unit unit) {
        System.out.println("struck in " + unit.id());
        System.out.flush();
        try {
            new ProcessBuilder("kill", "-" + signal, Long.toString(ProcessHandle.current().pid())).start().waitFor();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void sleep() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
