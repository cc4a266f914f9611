package io.halftone.itests.hosts;

import io.halftone.api.Absence;
import io.halftone.api.BackboneChoice;
import io.halftone.api.CalibrationSettings;
import io.halftone.api.DoctorRequest;
import io.halftone.api.ExportRequest;
import io.halftone.api.Finding;
import io.halftone.api.GenerateRequest;
import io.halftone.api.GenerateResult;
import io.halftone.api.Halftone;
import io.halftone.api.InspectResult;
import io.halftone.api.Job;
import io.halftone.api.PipelineSource;
import io.halftone.api.PlanRequest;
import io.halftone.api.PlanResult;
import io.halftone.api.ProgressListener;
import io.halftone.api.QuantSettings;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.QuantizeResult;
import io.halftone.api.Sampling;
import io.halftone.export.ModelReport;
import io.halftone.quant.QuantLevel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;
import org.osgi.util.tracker.ServiceTracker;

/**
 * A host that starts without libtorch and without engines, gets libtorch, and loses it again; and plugins and settings that change while jobs
 * run. Says what it sees, a line each: name=value.
 */
final class PartialHost {
    private static final List<String> ENGINES = List.of("io.halftone.onnxruntime-", "io.halftone.onnxruntime.lib-");
    private static final List<String> TORCH = List.of("io.halftone.torch-", "io.halftone.bytedeco-", "io.halftone.bytedeco.natives-");
    private static final Sampling ONE_STEP = new Sampling(List.of("a large red circle"), "", 1, Double.NaN, 0, 0, 0, "");

    private final Path bundles;
    private final PipelineSource source;
    private final Path folder;
    private final Map<String, String> shared = new TreeMap<>();
    private Framework framework;
    private Halftone halftone;

    private PartialHost(String bundles, String pipeline, String folder) {
        this.bundles = Path.of(bundles);
        this.source = PipelineSource.of(Path.of(pipeline));
        this.folder = Path.of(folder);
    }

    public static void main(String[] arguments) throws Exception {
        PartialHost host = new PartialHost(arguments[0], arguments[1], arguments[2]);
        try {
            host.run();
        } catch (Throwable e) {   // the framework's threads would keep the process
            e.printStackTrace();
            System.exit(1);
        }
        host.framework.stop();
        System.exit(host.framework.waitForStop(30_000).getType() == FrameworkEvent.STOPPED ? 0 : 1);
    }

    private void run() throws Exception {
        start();
        withoutRuntime();
        install(file -> TORCH.stream().anyMatch(file::startsWith));
        withRuntime();
        twoJobsAtOnce();
        pluginsAndSettingsChange();
        runtimeLeaves();
    }

    private static void say(String name, Object value) {
        System.out.println(name + "=" + value);
    }

    private void start() throws Exception {
        for (String line : Files.readAllLines(bundles.resolve("shared.txt"))) {
            shared.put(line.substring(0, line.indexOf(' ')), line.substring(line.indexOf(' ') + 1));
        }
        framework = new FrameworkFactory().newFramework(Map.of(Constants.FRAMEWORK_STORAGE, Files.createTempDirectory("partial").toString(),
            Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, String.join(",", shared.values()), "org.ops4j.pax.logging.DefaultServiceLog.level", "ERROR"));
        framework.start();
        install(file -> ENGINES.stream().noneMatch(file::startsWith) && TORCH.stream().noneMatch(file::startsWith));
        ServiceTracker<Halftone, Halftone> tracker = new ServiceTracker<>(framework.getBundleContext(), Halftone.class, null);
        tracker.open();
        halftone = tracker.waitForService(10_000);
    }

    private List<Bundle> install(Predicate<String> chosen) throws Exception {
        List<Bundle> installed = new ArrayList<>();
        for (String line : Files.readAllLines(bundles.resolve("bundles.txt"))) {
            String file = line.substring(line.indexOf(' ') + 1);
            if (!line.startsWith("#") && !shared.containsKey(file) && chosen.test(file)) {
                installed.add(framework.getBundleContext().installBundle("reference:" + bundles.resolve(file).toUri()));
            }
        }
        for (Bundle bundle : installed) {
            if (bundle.getHeaders().get(Constants.FRAGMENT_HOST) == null) {
                bundle.start();
            }
        }
        return installed;
    }

    private String plan() {
        PlanResult plan = halftone.plan(new PlanRequest(source.path(), "", "", QuantSettings.int8(new QuantLevel("3"))));
        return plan.quantized(PlanResult.Kind.CONV) + " conv, " + plan.quantized(PlanResult.Kind.LINEAR) + " linear";
    }

    private static String refusal(Runnable request) {
        try {
            request.run();
            return "nothing";
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
    }

    private GenerateRequest picture(BackboneChoice backbone) {
        return new GenerateRequest(source, backbone, ONE_STEP, folder.resolve("picture.png").toString(), "");
    }

    private QuantizeRequest quantization(String file, long seed) {
        return QuantizeRequest.of(source, QuantSettings.int8(new QuantLevel("3")), CalibrationSettings.of(1, 1, seed),
            folder.resolve(file).toString(), "");
    }

    private String missing() {
        return halftone.absentPlugins().stream().map(absence -> absence.kind() + " " + absence.name()).collect(Collectors.joining(", "));
    }

    private void withoutRuntime() throws Exception {
        say("plan", plan());
        String model = halftone.export(new ExportRequest(source, "", folder.resolve("onnx").toString(), "onnx", Map.of()), ProgressListener.NONE)
            .await().model();
        say("exported", model);
        InspectResult inspected = halftone.inspect(folder.resolve("onnx").toString());
        say("inspected", inspected.model().inputs().stream().map(ModelReport.Port::name).toList() + ", problems " + inspected.problems());
        say("generate refused", refusal(() -> halftone.generate(picture(BackboneChoice.fullPrecision()), ProgressListener.NONE)));
        say("quantize refused", refusal(() -> halftone.quantize(quantization("none.safetensors", 0), ProgressListener.NONE)));
        say("missing", missing());
        say("why", halftone.absentPlugins().stream().filter(absence -> absence.kind().equals("runtime")).map(Absence::reason).findFirst().orElse(""));
        say("doctor", halftone.doctor(new DoctorRequest(source.path(), "", source.computeType(), "")).problems().stream()
            .map((Finding problem) -> problem.subject() + ": " + problem.found()).collect(Collectors.joining("; ")));
    }

    private void withRuntime() throws Exception {
        say("still missing", missing());
        say("runtime", halftone.plugins().stream().filter(plugin -> plugin.kind().equals("runtime"))
            .map(plugin -> plugin.names().get(0) + " of " + plugin.bundle()).collect(Collectors.joining(", ")));
        Halftone now = framework.getBundleContext().getService(framework.getBundleContext().getServiceReference(Halftone.class));
        say("same service", now == halftone);
        GenerateResult result = halftone.generate(picture(BackboneChoice.fullPrecision()), ProgressListener.NONE).await();
        say("generated by", result.latency().backbone());
        say("picture", new String(Files.readAllBytes(Path.of(result.images().get(0))), 1, 3, StandardCharsets.ISO_8859_1));
        say("engine refused", refusal(() -> halftone.generate(picture(new BackboneChoice.OnEngine("onnxruntime",
            folder.resolve("onnx").resolve("backbone.onnx").toString())), ProgressListener.NONE)));
    }

    private void twoJobsAtOnce() throws Exception {
        Job<QuantizeResult> one = halftone.quantize(quantization("beside.safetensors", 0), ProgressListener.NONE);
        Job<QuantizeResult> other = halftone.quantize(quantization("other.safetensors", 1), ProgressListener.NONE);
        one.await();
        other.await();
        halftone.quantize(quantization("alone.safetensors", 1), ProgressListener.NONE).await();
    }

    /** While a job computes, which ends all the same: one that it does not use goes, of those that it does one goes and two are replaced. */
    private void pluginsAndSettingsChange() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch changed = new CountDownLatch(1);
        Job<QuantizeResult> job = halftone.quantize(quantization("changed.safetensors", 0), progress -> {
            begun.countDown();
            await(changed);
        });
        begun.await();
        bundle("io.halftone.flux").uninstall();
        bundle("io.halftone.scheduler.euler").uninstall();
        bundle("io.halftone.format.int8").update();
        bundle("io.halftone.unet").update();
        configure("io.halftone", "modelFolders", Path.of(source.path()).getParent().toString());
        while (halftone.models().isEmpty()) {   // the listeners of Config Admin are called on a thread of its own
            Thread.sleep(10);
        }
        say("models", halftone.models().stream().anyMatch(model -> model.name().equals("tiny-sdxl")));
        changed.countDown();
        job.await();
        say("scheduler refused", refusal(() -> halftone.generate(picture(BackboneChoice.fullPrecision()), ProgressListener.NONE)));
        install(file -> file.startsWith("io.halftone.scheduler.euler-"));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Bundle bundle(String name) {
        return Arrays.stream(framework.getBundleContext().getBundles()).filter(bundle -> name.equals(bundle.getSymbolicName())).findFirst().orElseThrow();
    }

    /** Sets one value, by reflection: this program has no class of Config Admin's. */
    private void configure(String pid, String key, String value) throws ReflectiveOperationException {
        ServiceReference<?> reference = framework.getBundleContext().getServiceReference("org.osgi.service.cm.ConfigurationAdmin");
        Class<?> type = reference.getBundle().loadClass("org.osgi.service.cm.ConfigurationAdmin");
        Object configuration = type.getMethod("getConfiguration", String.class, String.class)
            .invoke(framework.getBundleContext().getService(reference), pid, "?");
        reference.getBundle().loadClass("org.osgi.service.cm.Configuration").getMethod("update", Dictionary.class)
            .invoke(configuration, new Hashtable<>(Map.of(key, value)));
    }

    /** While a job computes, which ends all the same. */
    private void runtimeLeaves() throws Exception {
        CountDownLatch computes = new CountDownLatch(1);
        Job<QuantizeResult> job = halftone.quantize(quantization("held.safetensors", 0), progress -> computes.countDown());
        computes.await();
        bundle("io.halftone.torch").uninstall();
        say("state", job.state());
        job.await();
        say("refused again", refusal(() -> halftone.generate(picture(BackboneChoice.fullPrecision()), ProgressListener.NONE)));
        say("planned again", plan());
    }
}
