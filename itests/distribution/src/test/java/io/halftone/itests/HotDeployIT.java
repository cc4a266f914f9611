package io.halftone.itests;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.CoreOptions.vmOption;

import io.halftone.api.BackboneChoice;
import io.halftone.api.BuildRequest;
import io.halftone.api.CalibrationSettings;
import io.halftone.api.ExportRequest;
import io.halftone.api.ExportResult;
import io.halftone.api.GenerateRequest;
import io.halftone.api.GenerateResult;
import io.halftone.api.Halftone;
import io.halftone.api.Job;
import io.halftone.api.JobException;
import io.halftone.api.JobInfo;
import io.halftone.api.JobListener;
import io.halftone.api.PipelineSource;
import io.halftone.api.ProgressListener;
import io.halftone.api.QuantSettings;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.Sampling;
import io.halftone.itests.plugin.DotsPipeline;
import io.halftone.ops.DType;
import io.halftone.quant.QuantLevel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import javax.inject.Inject;
import org.apache.karaf.features.BootFinished;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.function.ThrowingRunnable;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.wiring.FrameworkWiring;

/** Plugins that come and go while the container runs, and jobs that run meanwhile. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class HotDeployIT {
    private static final QuantSettings SETTINGS = new QuantSettings("int7", new QuantLevel("1"), "every", "max", Map.of(), "peak", 1, List.of());

    private static final Path DEPLOY = Path.of(System.getProperty("karaf.base", "."), "deploy");

    @Inject
    private BundleContext context;
    /** There once Karaf has started all that it starts by itself: no test begins before. */
    @Inject
    private BootFinished booted;
    @Inject
    private Halftone halftone;
    @Inject
    private SessionFactory sessions;
    private final List<Bundle> installed = new ArrayList<>();
    private final List<PluginJar> dropped = new ArrayList<>();
    private Path scratch;

    @Configuration
    public static Option[] configuration() {
        return Exam.withFixedHeap("768m", vmOption("-XX:TieredStopAtLevel=1"));
    }

    @Before
    public void makeScratch() throws IOException {
        scratch = Files.createTempDirectory(Files.createDirectories(Path.of(System.getProperty("halftone.scratch"))), "hot");
    }

    @After
    public void empty() throws Exception {
        uninstall();
        for (PluginJar jar : dropped) {
            Files.deleteIfExists(jar.file(DEPLOY));
        }
        for (PluginJar jar : dropped) {
            Dots.awaitEnd(halftone, jar);
        }
    }

    private void uninstall() throws BundleException {
        for (Bundle bundle : installed) {
            if (bundle.getState() != Bundle.UNINSTALLED) {
                bundle.uninstall();
            }
        }
    }

    @Test
    public void whatIsDroppedIsUsedAndGoesWhenItIsDeleted() throws Exception {
        dropped.addAll(Dots.others());
        dropped.add(Dots.model("1.0.0", "0.1"));
        for (PluginJar jar : dropped) {
            jar.drop(DEPLOY);
        }
        for (PluginJar jar : dropped) {
            Dots.awaitPlugins(halftone, jar);
        }
        Dots dots = Dots.synthesized(halftone, scratch);
        assertTrue(run("halftone:plugins").contains("itests.peak"));
        String plan = run("halftone:plan --path " + dots.folder()
            + " --format int7 --policy every --quant-level 1 --collect-method peak --quant-algo max --json");
        assertTrue(plan, plan.startsWith("{\"conv\":0,\"linear\":2,\"attention\":0"));
        byte[] picture = dots.picture("", ProgressListener.NONE);
        quantize(dots, ProgressListener.NONE);
        ExportResult exported = halftone.export(new ExportRequest(dots.source(), "", scratch.resolve("list").toString(), "list", Map.of()),
            ProgressListener.NONE).await();
        assertEquals("latent\nsample\n", Files.readString(Path.of(exported.model())));
        BuildRequest build = new BuildRequest(exported.model(), "copy", scratch.resolve("ports.copy").toString(), Map.of(), Map.of());
        assertEquals("copy", halftone.build(build, ProgressListener.NONE).await().report().runtime());

        PluginJar newer = Dots.model("1.1.0", "0.2");
        newer.drop(DEPLOY);
        Dots.awaitPlugins(halftone, newer);
        assertFalse("the newer one draws another picture", Arrays.equals(picture, dots.picture("", ProgressListener.NONE)));

        for (PluginJar jar : dropped) {
            Files.delete(jar.file(DEPLOY));
        }
        for (PluginJar jar : dropped) {
            Dots.awaitEnd(halftone, jar);
        }
        assertFalse(run("halftone:plugins").contains("itests."));
        refusesWhatIsGone(dots, build);
    }

    private void refusesWhatIsGone(Dots dots, BuildRequest build) {
        assertRefused("pipeline DotsPipeline: found none; expected one of [", () -> dots.picture("", ProgressListener.NONE));
        assertRefused("engine copy: found none; expected one of [", () -> halftone.build(build, ProgressListener.NONE));
        PipelineSource tiny = new PipelineSource("", "tiny-sdxl", DType.FLOAT32);
        assertRefused("exporter list: found none; expected one of [",
            () -> halftone.export(new ExportRequest(tiny, "", scratch.toString(), "list", Map.of()), ProgressListener.NONE));
        QuantLevel level = new QuantLevel("1");
        for (Map.Entry<String, QuantSettings> each : Map.of(
            "format int7", new QuantSettings("int7", level, "standard", "max", Map.of(), "default", 1, List.of()),
            "policy every", new QuantSettings("int8", level, "every", "max", Map.of(), "default", 1, List.of()),
            "collector peak", new QuantSettings("int8", level, "standard", "max", Map.of(), "peak", 1, List.of())).entrySet()) {
            assertRefused(each.getKey() + ": found none; expected one of [", () -> halftone.quantize(QuantizeRequest.of(tiny, each.getValue(),
                CalibrationSettings.of(2, 4, 0), scratch.resolve("x.safetensors").toString(), ""), ProgressListener.NONE));
        }
    }

    @Test
    public void aJobNamesTheModelThatIsGone() throws Exception {
        install(Dots.model("1.0.0", "0.1"));
        Dots dots = Dots.synthesized(halftone, scratch);
        Files.writeString(dots.folder().resolve("dots").resolve("config.json"), "{\"_class_name\": \"GoneModel\"}");
        assertRefused("model-adapter GoneModel: found none; expected one of [", () -> dots.picture("", ProgressListener.NONE));
    }

    @Test
    public void aJobOutlivesItsPlugins() throws Exception {
        for (PluginJar jar : Dots.others()) {
            install(jar);
        }
        install(Dots.model("1.0.0", "0.1"));
        Dots dots = Dots.synthesized(halftone, scratch);
        byte[] checkpoint = quantize(dots, ProgressListener.NONE);
        uninstall();
        for (PluginJar jar : Dots.others()) {
            install(jar);
        }
        Bundle model = install(Dots.model("1.0.0", "0.1"));
        assertArrayEquals(checkpoint, quantize(dots, Dots.atFirstStep(this::uninstall)));
        assertEquals(Bundle.UNINSTALLED, model.getState());
        assertRefused("policy every: found none; expected one of [", () -> quantize(dots, ProgressListener.NONE));
    }

    @Test
    public void anExportAndABuildOutliveTheirPlugins() throws Exception {
        PluginJar list = Dots.others().get(3);
        PluginJar copy = Dots.others().get(4);
        install(Dots.model("1.0.0", "0.1"));
        Dots dots = Dots.synthesized(halftone, scratch);
        Bundle exporter = install(list);
        ExportRequest export = new ExportRequest(dots.source(), "", scratch.resolve("list").toString(), "list", Map.of());
        ExportResult exported = halftone.export(export, Dots.atFirstStep(exporter::uninstall)).await();
        assertEquals("latent\nsample\n", Files.readString(Path.of(exported.model())));
        assertRefused("exporter list: found none; expected one of [", () -> halftone.export(export, ProgressListener.NONE));
        Bundle builder = install(copy);
        BuildRequest build = new BuildRequest(exported.model(), "copy", scratch.resolve("ports.copy").toString(), Map.of(), Map.of());
        assertEquals("copy", halftone.build(build, Dots.atFirstWord(builder::uninstall)).await().report().runtime());
        assertRefused("engine copy: found none; expected one of [", () -> halftone.build(build, ProgressListener.NONE));
    }

    @Test
    public void aJobOutlivesEveryEndOfItsPlugin() throws Exception {
        PluginJar jar = Dots.model("1.0.0", "0.1");
        PluginJar newer = Dots.model("1.1.0", "0.2");
        Bundle bundle = install(jar);
        Dots dots = Dots.synthesized(halftone, scratch);
        byte[] picture = dots.picture("", ProgressListener.NONE);
        refresh(bundle);
        Dots.awaitPlugins(halftone, jar);
        assertArrayEquals("refreshed", picture, dots.picture("", Dots.atFirstStep(() -> refresh(bundle))));
        Dots.awaitPlugins(halftone, jar);
        assertArrayEquals("updated", picture, dots.picture("", Dots.atFirstStep(() -> bundle.update(new ByteArrayInputStream(newer.bytes())))));
        Dots.awaitPlugins(halftone, newer);
        byte[] brighter = dots.picture("", ProgressListener.NONE);
        assertFalse("a new job has the new plugin", Arrays.equals(picture, brighter));
        refresh(bundle);
        Dots.awaitPlugins(halftone, newer);
        assertArrayEquals("uninstalled and refreshed", brighter, dots.picture("", Dots.atFirstStep(() -> {
            bundle.uninstall();
            refresh(bundle);
        })));
    }

    @Test
    public void aJobThatReadsAResourceTooLateNamesItsPlugin() throws Exception {
        Bundle bundle = install(Dots.model("1.0.0", "0.1"));
        Dots dots = Dots.synthesized(halftone, scratch);
        assertTrue("while the bundle is there it can", dots.picture(DotsPipeline.LATE, ProgressListener.NONE).length > 0);
        JobException failure = assertThrows(JobException.class, () -> dots.picture(DotsPipeline.LATE, Dots.atFirstStep(bundle::uninstall)));
        assertTrue(failure.getMessage(), failure.getMessage().endsWith("; plugin itests.dots 1.0.0: found it uninstalled while the job ran; expected "
            + "it to read the resources of its bundle before, when it is made"));
    }

    @Test
    public void aJobMindsNeitherOtherPluginsNorTheShell() throws Exception {
        Bundle other = install(Dots.others().get(4));
        Bundle shell = bundle("io.halftone.shell");
        byte[] picture = picture("tiny-sdxl", ProgressListener.NONE);
        Set<String> natives = natives();
        assertArrayEquals(picture, picture("tiny-sdxl", Dots.atFirstStep(() -> {
            other.uninstall();
            refresh(other);
            refresh(shell);
        })));
        assertEquals(Bundle.ACTIVE, shell.getState());
        assertTrue(run("halftone:plan --model tiny-sdxl --quant-level 3 --json").startsWith("{\"conv\":38,"));
        assertEquals("native libraries in the process", natives, natives());
        assertEquals(natives.toString(), 1, natives.stream().filter(file -> file.contains("jnitorch")).count());
    }

    /** Nor does the command: Karaf has loaded all classes of a bundle with commands when it took these. */
    @Test
    public void aCommandAndItsJobMindNoRefreshOfTheShell() throws Exception {
        Path alone = scratch.resolve("alone.png");
        start("tiny-sdxl", alone, 20, ProgressListener.NONE).await();
        Path image = scratch.resolve("by-command.png");
        Bundle shell = bundle("io.halftone.shell");
        FutureTask<String> jobAtRefresh = new FutureTask<>(() -> {
            refresh(shell);
            return running().map(JobInfo::id).orElse("");
        });
        ServiceRegistration<JobListener> listener = context.registerService(JobListener.class, job -> {
            if (job.isRunning() && job.progress().done() > 0) {
                jobAtRefresh.run();   // the first time
            }
        }, null);
        FutureTask<String> command = new FutureTask<>(() -> run("halftone:generate --model tiny-sdxl --prompt \"a red circle\" --num-inference-steps 20 "
            + "--seed 0 --save-image-as " + image));
        try {
            new Thread(command, "command").start();
            String id = jobAtRefresh.get(90, TimeUnit.SECONDS);
            assertFalse("the job ran on when the bundle was refreshed", id.isEmpty());
            Dots.await("the end of " + id, () -> running().isEmpty());
            assertEquals(Job.State.DONE, halftone.jobs().stream().filter(job -> job.id().equals(id)).findFirst().orElseThrow().state());
            assertArrayEquals(Files.readAllBytes(alone), Files.readAllBytes(image));
            String said = command.get();
            assertTrue(said, said.contains("decode: done in ") && said.contains("\npicture       " + image + "\n"));
        } finally {
            listener.unregister();
        }
    }

    private Optional<JobInfo> running() {
        return halftone.jobs().stream().filter(JobInfo::isRunning).findFirst();
    }

    @Test
    public void aJobMindsNoChangeOfConfiguration() throws Exception {
        byte[] picture = picture("tiny-sd21", ProgressListener.NONE);
        int usual = halftone.models().size();
        Path settings = Path.of(System.getProperty("karaf.etc"), "io.halftone.cfg");
        byte[] before = Files.exists(settings) ? Files.readAllBytes(settings) : new byte[0];
        try {
            assertArrayEquals(picture, picture("tiny-sd21", Dots.atFirstStep(() -> {
                Files.writeString(settings, "modelFolders = " + Files.createDirectory(scratch.resolve("none")) + "\n");
                Dots.await("the new configuration", () -> halftone.models().isEmpty());
            })));
        } finally {
            Files.write(settings, before);
            Dots.await("the usual configuration", () -> halftone.models().size() == usual);
        }
    }

    @Test
    public void twoJobsAtOnceGiveWhatEachGivesAlone() throws Exception {
        byte[] one = picture("tiny-sdxl", ProgressListener.NONE);
        byte[] other = picture("tiny-sd21", ProgressListener.NONE);
        CountDownLatch both = new CountDownLatch(2);
        ProgressListener together = progress -> {
            both.countDown();
            try {
                both.await();   // neither is done before the other has begun
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        };
        Path first = scratch.resolve("first.png");
        Path second = scratch.resolve("second.png");
        Job<GenerateResult> a = start("tiny-sdxl", first, 4, together);
        Job<GenerateResult> b = start("tiny-sd21", second, 4, together);
        a.await();
        b.await();
        assertArrayEquals(one, Files.readAllBytes(first));
        assertArrayEquals(other, Files.readAllBytes(second));
    }

    private Job<GenerateResult> start(String model, Path image, int steps, ProgressListener listener) {
        Sampling sampling = new Sampling(List.of("a red circle"), "", steps, Double.NaN, 0, 0, 0, "");
        return halftone.generate(new GenerateRequest(new PipelineSource("", model, DType.FLOAT32), BackboneChoice.fullPrecision(), sampling,
            image.toString(), ""), listener);
    }

    private byte[] picture(String model, ProgressListener listener) throws Exception {
        Path image = scratch.resolve(model + ".png");
        start(model, image, 4, listener).await();
        return Files.readAllBytes(image);
    }

    private byte[] quantize(Dots dots, ProgressListener listener) throws Exception {
        Path checkpoint = scratch.resolve("dots.safetensors");
        Files.deleteIfExists(checkpoint);
        halftone.quantize(QuantizeRequest.of(dots.source(), SETTINGS, CalibrationSettings.of(4, 4, 0), checkpoint.toString(), ""), listener).await();
        return Files.readAllBytes(checkpoint);
    }

    private Bundle install(PluginJar jar) throws Exception {
        Bundle bundle = context.installBundle("itests:" + jar.name(), new ByteArrayInputStream(jar.bytes()));
        installed.add(bundle);
        bundle.start();
        Dots.awaitPlugins(halftone, jar);
        return bundle;
    }

    private void refresh(Bundle bundle) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).adapt(FrameworkWiring.class).refreshBundles(List.of(bundle), event -> done.countDown());
        done.await();
    }

    private Bundle bundle(String name) {
        return Arrays.stream(context.getBundles()).filter(bundle -> name.equals(bundle.getSymbolicName())).findFirst().orElseThrow();
    }

    @Test
    public void cyclesLeaveNothingBehind() throws Exception {
        picture("tiny-sd21", ProgressListener.NONE);
        Set<String> natives = natives();
        Cycles cycles = new Cycles(context, halftone, scratch);
        Cycles.Outcome outcome = cycles.run(Cycles.Kind.ADAPTER, 1, 20);
        assertEquals(outcome.toString(), 0, outcome.failures().size());
        assertTrue(outcome.toString(), outcome.beside() > 21);
        assertTrue(outcome.toString(), outcome.loaders() <= 2);
        assertEquals("native libraries in the process", natives, natives());
    }

    /** The native libraries of libtorch that the process has mapped. */
    private static Set<String> natives() throws IOException {
        Set<String> files = new TreeSet<>();
        for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
            int path = line.indexOf('/');
            if (path > 0 && line.contains("/native/") && line.contains(".so")) {
                files.add(line.substring(path));
            }
        }
        return files;
    }

    private static void assertRefused(String beginning, ThrowingRunnable work) {
        IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, work);
        assertTrue(refusal.getMessage(), refusal.getMessage().startsWith(beginning));
    }

    private String run(String command) throws Exception {
        String[] name = command.split("[ :]");   // scope:name, which takes a while to come back after its bundle was refreshed
        Dots.await(command, () -> sessions.getRegistry().getCommands().stream()
            .anyMatch(each -> each.getScope().equals(name[0]) && each.getName().equals(name[1])));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        try (Session session = sessions.create(new ByteArrayInputStream(new byte[0]), out, out)) {
            session.execute(command);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
