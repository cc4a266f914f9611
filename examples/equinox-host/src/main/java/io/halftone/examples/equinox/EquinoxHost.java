package io.halftone.examples.equinox;

import io.halftone.api.CalibrationSettings;
import io.halftone.api.Halftone;
import io.halftone.api.Job;
import io.halftone.api.JobException;
import io.halftone.api.PipelineSource;
import io.halftone.api.ProgressListener.Progress;
import io.halftone.api.QuantSettings;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.QuantizeResult;
import io.halftone.quant.QuantLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.osgi.launch.EquinoxFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.util.tracker.ServiceTracker;

/** A program that has Eclipse Equinox inside, and in it Halftone: quantizes a pipeline to INT8. */
public final class EquinoxHost {
    private static final long PATIENCE_MILLIS = 30_000;

    private EquinoxHost() {}

    /** {@code EquinoxHost BUNDLES PIPELINE CHECKPOINT [PROMPTS STEPS]}. Ends with 0, or with 1 and a line if it failed. */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 3 && arguments.length != 5) {
            System.err.println("usage: EquinoxHost BUNDLES PIPELINE CHECKPOINT [PROMPTS STEPS]");
            System.exit(2);
        }
        boolean usual = arguments.length == 3;
        QuantizeRequest request = QuantizeRequest.of(PipelineSource.of(Path.of(arguments[1]).toAbsolutePath()),
            QuantSettings.int8(new QuantLevel("3")),
            CalibrationSettings.of(usual ? 8 : Integer.parseInt(arguments[3]), usual ? 10 : Integer.parseInt(arguments[4]), 0),
            Path.of(arguments[2]).toAbsolutePath().toString(), "");
        Path bundles = Path.of(arguments[0]).toAbsolutePath();
        // the jars of the API that are on the class path too: the framework exports their packages, so that both sides mean the same types
        Map<String, String> shared = Files.readAllLines(bundles.resolve("shared.txt")).stream().map(line -> line.split(" ", 2))
            .collect(Collectors.toMap(line -> line[0], line -> line[1]));
        Path storage = Files.createTempDirectory("equinox-host");
        Framework framework = new EquinoxFactory().newFramework(Map.of(Constants.FRAMEWORK_STORAGE, storage.toString(),
            Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, String.join(",", shared.values()), "org.ops4j.pax.logging.DefaultServiceLog.level", "WARN"));
        int status = 1;
        try {
            framework.start();
            for (Bundle bundle : install(framework, bundles, shared)) {
                if (bundle.getHeaders().get(Constants.FRAGMENT_HOST) == null) {
                    bundle.start();
                }
            }
            QuantizeResult result = quantize(framework, request);
            System.out.println("wrote " + result.checkpoint() + ", " + result.bytes() + " bytes, recipe " + result.digest());
            status = 0;
        } catch (BundleException | JobException | IllegalArgumentException e) {
            System.err.println(e.getMessage());
        } catch (CancellationException e) {
            System.err.println("cancelled");
        } finally {
            framework.stop();
            framework.waitForStop(PATIENCE_MILLIS);
            delete(storage);
        }
        System.exit(status);
    }

    /** Installs the bundles of the list but those that are shared, in the order in which they start. */
    private static List<Bundle> install(Framework framework, Path bundles, Map<String, String> shared) throws IOException, BundleException {
        List<Bundle> installed = new ArrayList<>();
        for (String line : Files.readAllLines(bundles.resolve("bundles.txt"))) {
            String file = line.substring(line.indexOf(' ') + 1);   // behind its start level
            if (!line.startsWith("#") && !shared.containsKey(file)) {
                installed.add(framework.getBundleContext().installBundle("reference:" + bundles.resolve(file).toUri()));
            }
        }
        return installed;
    }

    /** Asks the service, prints how far the job is, and cancels it on Ctrl-C. */
    private static QuantizeResult quantize(Framework framework, QuantizeRequest request) throws InterruptedException, JobException {
        ServiceTracker<Halftone, Halftone> tracker = new ServiceTracker<>(framework.getBundleContext(), Halftone.class, null);
        tracker.open();
        Halftone halftone = tracker.waitForService(PATIENCE_MILLIS);
        if (halftone == null) {
            throw new IllegalStateException("Halftone: found no service after " + PATIENCE_MILLIS + " ms; expected one");
        }
        halftone.absentPlugins().forEach(absence -> System.err.println(absence.kind() + " " + absence.name() + ": " + absence.reason()));
        Job<QuantizeResult> job = halftone.quantize(request, EquinoxHost::print);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            job.cancel();
            stopped(framework);
        }));
        return job.await();
    }

    /** Lets a program that was told to end do so in order. */
    private static void stopped(Framework framework) {
        try {
            framework.waitForStop(PATIENCE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Called by the job's thread; ten lines of each stage are enough. */
    private static void print(Progress progress) {
        long total = Math.max(1, progress.total());
        if (progress.done() > 0 && progress.done() * 10 / total != (progress.done() - 1) * 10 / total) {
            System.err.println(progress.stage() + " " + progress.done() + " of " + progress.total() + " " + progress.unit() + "s");
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
