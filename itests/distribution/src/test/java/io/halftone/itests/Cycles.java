package io.halftone.itests;

import io.halftone.api.Halftone;
import io.halftone.api.ProgressListener;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.wiring.BundleWiring;

/**
 * Installs, updates and uninstalls a bundle over and over, each time in the middle of a job, and other jobs run all the while. The memory
 * of the process is looked at between jobs.
 */
final class Cycles {
    private static final Path DEPLOY = Path.of(System.getProperty("karaf.base", "."), "deploy");
    private static final int CYCLES_PER_SAMPLE = 10;
    private static final int ATTEMPTS = 5;

    private final BundleContext context;
    private final Halftone halftone;
    private final Path scratch;
    private final ReentrantLock quiet = new ReentrantLock(true);
    private final List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private final AtomicInteger jobs = new AtomicInteger();
    private final AtomicInteger beside = new AtomicInteger();
    private final AtomicInteger refusals = new AtomicInteger();

    /** What a cycle installs. */
    enum Kind {
        /** An adapter, which the cycle's own jobs use. */
        ADAPTER,
        /** A bundle with nothing in it; the cycle's jobs use an adapter that stays. */
        EMPTY
    }

    /**
     * The memory after a cycle.
     *
     * @param live     bytes of the heap, after a full collection, and of metaspace
     * @param resident bytes of the process
     */
    record Sample(int cycle, long live, long resident) {}

    /**
     * What came of it.
     *
     * @param jobs     that ran
     * @param beside   those of them that ran beside the cycles
     * @param failures jobs that failed or gave other bytes, and why
     * @param refusals starts of a bundle that the framework refused, and allowed when asked again
     * @param loaders  the most class loaders of the bundle that were alive after a full collection
     */
    record Outcome(int jobs, int beside, List<String> failures, int refusals, int loaders, List<Sample> samples) {}

    /** Cycles of jobs that leave their files in a folder. */
    Cycles(BundleContext context, Halftone halftone, Path scratch) {
        this.context = context;
        this.halftone = halftone;
        this.scratch = scratch;
    }

    /**
     * Runs cycles.
     *
     * @param dropped   how many go through the deploy folder; they come first
     * @param installed how many go through the framework's API
     */
    Outcome run(Kind kind, int dropped, int installed) throws Exception {
        List<Sample> samples = new ArrayList<>();
        int alive = 0;
        Bundle model = install("itests:model", Dots.model("1.0.0", "0.1"));
        Dots own = Dots.synthesized(halftone, scratch);
        Dots steady = own.steady();
        byte[] first = own.picture("", ProgressListener.NONE);
        update(model, Dots.model("1.1.0", "0.2"));
        byte[] second = own.picture("", ProgressListener.NONE);
        model.uninstall();
        Bundle stays = install("itests:steady", Dots.steadyModel());
        byte[] usual = steady.picture("", ProgressListener.NONE);
        AtomicBoolean over = new AtomicBoolean();
        Thread others = new Thread(() -> {
            while (!over.get()) {
                quiet.lock();
                try {
                    job(steady, usual, ProgressListener.NONE);
                    beside.incrementAndGet();
                } finally {
                    quiet.unlock();
                }
            }
        }, "jobs beside");
        others.start();
        try {
            Cycle cycle = kind == Kind.ADAPTER ? new Cycle(own, first, second, Dots.model("1.0.0", "0.1"), Dots.model("1.1.0", "0.2"))
                : new Cycle(steady, usual, usual, Dots.empty("1.0.0"), Dots.empty("1.1.0"));
            for (int i = 0; i < dropped; i++) {
                drop(cycle);
            }
            for (int i = 1; i <= installed; i++) {
                install(cycle);
                if (i % CYCLES_PER_SAMPLE == 0) {
                    quiet.lock();
                    try {
                        samples.add(sample(i));
                        loaders.removeIf(loader -> loader.get() == null);
                        alive = Math.max(alive, loaders.size());
                    } finally {
                        quiet.unlock();
                    }
                }
            }
        } finally {
            over.set(true);
            others.join();
            stays.uninstall();
        }
        return new Outcome(jobs.get(), beside.get(), failures, refusals.get(), alive, samples);
    }

    /**
     * What one cycle goes through.
     *
     * @param jobs   that it runs
     * @param first  the picture before the update
     * @param second the picture after it
     * @param older  the bundle that is installed
     * @param newer  the bundle that it is updated to
     */
    private record Cycle(Dots jobs, byte[] first, byte[] second, PluginJar older, PluginJar newer) {}

    private void install(Cycle cycle) throws Exception {
        Bundle bundle = install("itests:cycle", cycle.older);
        loaders.add(loader(bundle));
        job(cycle.jobs, cycle.first, Dots.atFirstStep(() -> update(bundle, cycle.newer)));
        loaders.add(loader(bundle));
        job(cycle.jobs, cycle.second, Dots.atFirstStep(bundle::uninstall));
    }

    private void drop(Cycle cycle) throws Exception {
        cycle.older.drop(DEPLOY);
        awaitBundle(cycle.older);
        loaders.add(loader(bundle(cycle.older)));
        job(cycle.jobs, cycle.first, Dots.atFirstStep(() -> {
            cycle.newer.drop(DEPLOY);
            awaitBundle(cycle.newer);
        }));
        loaders.add(loader(bundle(cycle.newer)));
        job(cycle.jobs, cycle.second, Dots.atFirstStep(() -> {
            Files.delete(cycle.newer.file(DEPLOY));
            Dots.await(cycle.newer.name() + " gone", () -> bundles(cycle.newer).findAny().isEmpty());
        }));
    }

    private void job(Dots dots, byte[] expected, ProgressListener listener) {
        jobs.incrementAndGet();
        try {
            if (!Arrays.equals(expected, dots.picture("", listener))) {
                fail("found other bytes");
            }
        } catch (Exception e) {
            fail(e.toString());
        }
    }

    private void fail(String why) {
        synchronized (failures) {
            failures.add(why);
        }
    }

    private Bundle install(String location, PluginJar jar) throws Exception {
        Bundle bundle = context.installBundle(location, new ByteArrayInputStream(jar.bytes()));
        start(bundle);
        awaitBundle(jar);
        return bundle;
    }

    private void update(Bundle bundle, PluginJar jar) throws Exception {
        bundle.stop();
        bundle.update(new ByteArrayInputStream(jar.bytes()));
        start(bundle);
        awaitBundle(jar);
    }

    /** Starts a bundle. Felix refuses that now and then, where another thread resolves something at the same time: it is asked again. */
    private void start(Bundle bundle) throws BundleException {
        for (int attempt = 1; bundle.getState() != Bundle.ACTIVE; attempt++) {
            try {
                bundle.start();
            } catch (BundleException e) {
                if (attempt == ATTEMPTS || !e.getMessage().startsWith("Unable to acquire")) {
                    throw e;
                }
                refusals.incrementAndGet();
            }
        }
    }

    private void awaitBundle(PluginJar jar) throws InterruptedException {
        if (jar.plugins() > 0) {
            Dots.awaitPlugins(halftone, jar);
        } else {
            Dots.await(jar.name(), () -> bundles(jar).anyMatch(bundle -> bundle.getState() == Bundle.ACTIVE
                && bundle.getVersion().toString().equals(jar.version())));
        }
    }

    private Bundle bundle(PluginJar jar) {
        return bundles(jar).findFirst().orElseThrow();
    }

    private Stream<Bundle> bundles(PluginJar jar) {
        return Arrays.stream(context.getBundles()).filter(bundle -> jar.name().equals(bundle.getSymbolicName()));
    }

    private static WeakReference<ClassLoader> loader(Bundle bundle) {
        return new WeakReference<>(bundle.adapt(BundleWiring.class).getClassLoader());
    }

    private static Sample sample(int cycle) throws IOException {
        System.gc();
        System.gc();
        long live = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            if (pool.getType() == MemoryType.NON_HEAP && pool.getName().equals("Metaspace")) {
                live += pool.getUsage().getUsed();   // the compressed class space is part of it
            }
        }
        String resident = Files.readAllLines(Path.of("/proc/self/status")).stream().filter(line -> line.startsWith("VmRSS:")).findFirst().orElseThrow();
        return new Sample(cycle, live, Long.parseLong(resident.replaceAll("\\D", "")) << 10);
    }
}
