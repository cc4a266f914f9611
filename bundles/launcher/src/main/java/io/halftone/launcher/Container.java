package io.halftone.launcher;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeSet;
import java.util.logging.Handler;
import java.util.logging.Logger;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.startlevel.FrameworkStartLevel;

/** A Karaf container without console, SSH and provisioning: the bundles of {@code etc/oneshot/startup.properties}, and those in {@code deploy}. */
final class Container {
    private static final int ALL_STARTED = 100;   // org.osgi.framework.startlevel.beginning
    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final long STOP_LIMIT_MILLIS = 10_000;
    private static final long POLL_MILLIS = 20;
    private static final int NAMED = 5;

    private static final String REFERENCE = "reference:file:";

    private final Path home;
    private final RunFolder run;
    private final org.apache.karaf.main.Main karaf = new org.apache.karaf.main.Main(new String[0]);

    Container(Path home, RunFolder run) {
        this.home = home;
        this.run = run;
        set("karaf.home", home);
        set("karaf.base", home);
        set("karaf.etc", home.resolve("etc").resolve("oneshot"));
        set("karaf.data", run.path());
        set("karaf.instances", run.path().resolve("instances"));
        set("karaf.log", run.logs());
        set("java.io.tmpdir", run.temporary());
        set(Handover.LOG, run.logs().resolve("karaf.log"));
        set("karaf.lock", false);                  // no other launch has this folder
        set("karaf.startLocalConsole", false);
        set("karaf.startRemoteShell", false);
        set("karaf.shutdown.port", -1);
        set("karaf.delay.console", false);         // or a bar on standard output
        set("karaf.handle.sigterm", false);        // the process ends by its own hook, with the signal's status
    }

    private static void set(String key, Object value) {
        System.setProperty(key, value.toString());
    }

    /** Starts the container, in threads of its own. From here on the end of the process is the end of the container. */
    void launch() throws Exception {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);           // Karaf adds one that writes to the log file
        }
        // until the command runs, whatever is printed is not its result
        var start = new PrintStream(new FileOutputStream(run.logs().resolve("start.log").toFile()), true, StandardCharsets.UTF_8);
        System.setOut(start);
        System.setErr(start);
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "halftone-stop"));
        karaf.launch();
    }

    /** Adds the bundles that a list in etc/oneshot names, with their start levels; for the command that wants them. */
    void add(String list) throws IOException, BundleException {
        Properties bundles = new Properties();
        try (InputStream in = Files.newInputStream(home.resolve("etc").resolve("oneshot").resolve(list))) {
            bundles.load(in);
        }
        BundleContext context = karaf.getFramework().getBundleContext();
        List<Bundle> added = new ArrayList<>();
        for (String location : new TreeSet<>(bundles.stringPropertyNames())) {
            Path jar = home.resolve("system").resolve(location.substring(REFERENCE.length()));
            Bundle bundle = context.installBundle("reference:" + jar.toUri());
            bundle.adapt(BundleStartLevel.class).setStartLevel(Integer.parseInt(bundles.getProperty(location).strip()));
            added.add(bundle);
        }
        for (Bundle bundle : added) {
            bundle.start(Bundle.START_ACTIVATION_POLICY);
        }
    }

    /** Where to read more, to end a message with. */
    String logs() {
        return " (logs: " + run.logs() + ")";
    }

    /** Waits until the bundle has taken the command line; says what is wrong if it does not. */
    Optional<String> awaitCommand(Duration limit) throws InterruptedException {
        long start = System.nanoTime();
        long started = 0;
        while (!Boolean.getBoolean(Handover.BEGUN)) {
            long now = System.nanoTime();
            if (started == 0 && karaf.getFramework().adapt(FrameworkStartLevel.class).getStartLevel() == ALL_STARTED) {
                started = now;
            }
            if (started != 0 && now - started > GRACE.toNanos()) {
                return Optional.of("found no launcher" + unresolved() + "; expected it with the other bundles");
            }
            if (now - start > limit.toNanos()) {
                return Optional.of("found the container not up after " + limit.toSeconds() + " s; expected a few");
            }
            Thread.sleep(POLL_MILLIS);
        }
        return Optional.empty();
    }

    private String unresolved() {
        List<String> names = Arrays.stream(karaf.getFramework().getBundleContext().getBundles())
            .filter(bundle -> bundle.getState() == Bundle.INSTALLED && bundle.getHeaders().get(Constants.FRAGMENT_HOST) == null)
            .map(Bundle::getSymbolicName).limit(NAMED).toList();
        return names.isEmpty() ? "" : ", and without what they need " + String.join(", ", names);
    }

    /** Deletes what earlier launches left. Not worth a failure: the next launch tries again. */
    void sweep() {
        try {
            run.sweep();
        } catch (IOException e) {
            Logger.getLogger(Container.class.getName()).fine(() -> "sweep: " + e);
        }
    }

    /** A signal or the command's end. Stopping the bundles cancels what runs; after the limit the process ends all the same. */
    private void stop() {
        Framework framework = karaf.getFramework();
        try {
            if (framework != null) {
                framework.stop();
                framework.waitForStop(STOP_LIMIT_MILLIS);
            }
            run.close();
        } catch (BundleException | InterruptedException | IOException e) {
            Logger.getLogger(Container.class.getName()).fine(() -> "stop: " + e);
        }
    }
}
