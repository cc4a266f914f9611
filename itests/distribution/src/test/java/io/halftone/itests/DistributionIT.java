package io.halftone.itests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.halftone.api.BackboneChoice;
import io.halftone.api.BuildRequest;
import io.halftone.api.BuildResult;
import io.halftone.api.CalibrationSettings;
import io.halftone.api.CompareRequest;
import io.halftone.api.CompareResult;
import io.halftone.api.GenerateRequest;
import io.halftone.api.GenerateResult;
import io.halftone.api.Job;
import io.halftone.api.JobInfo;
import io.halftone.api.PipelineSource;
import io.halftone.api.PluginInfo;
import io.halftone.api.ProgressListener;
import io.halftone.api.QuantSettings;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.QuantizeResult;
import io.halftone.api.Sampling;
import io.halftone.ops.DType;
import io.halftone.quant.QuantLevel;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.karaf.shell.api.console.Command;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.parsing.CommandLineImpl;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;

/** The distribution as it is shipped, started in a container of its own. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class DistributionIT extends InContainer {
    @Test
    public void everyBundleIsActive() {
        for (Bundle bundle : context.getBundles()) {
            boolean fragment = bundle.getHeaders().get(Constants.FRAGMENT_HOST) != null;
            if (bundle.getSymbolicName().startsWith("io.halftone.")) {
                assertEquals(bundle.getSymbolicName(), fragment ? Bundle.RESOLVED : Bundle.ACTIVE, bundle.getState());
            }
        }
    }

    @Test
    public void featuresAreInstalled() throws Exception {
        assertTrue(features.isInstalled(features.getFeature("halftone")));
    }

    @Test
    public void offersTheWebConsole() throws Exception {
        Path booted = Path.of(System.getProperty("karaf.etc"), "org.apache.karaf.features.cfg");
        assertFalse("it comes when it is asked for", Files.readString(booted).contains("halftone-web"));
        install("halftone-web");
        String address = run("halftone:web --port 0").strip();
        assertTrue(address, address.matches("http://127\\.0\\.0\\.1:\\d+/halftone/"));
        try (InputStream in = URI.create(address + "api/v1/services").toURL().openStream()) {
            String services = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(services, services.contains("\"tiny-sdxl\""));
        }
    }

    @Test
    public void everyKindOfPluginIsThere() {
        Set<String> kinds = new TreeSet<>();
        for (PluginInfo plugin : halftone.plugins()) {
            kinds.add(plugin.kind());
            assertFalse(plugin + " has a name", plugin.names().isEmpty());
            assertTrue(plugin + " comes from a bundle", plugin.bundle().startsWith("io.halftone."));
        }
        assertEquals(Set.of("algorithm", "collector", "distributor", "engine", "exporter", "format", "inspector", "model-adapter",
            "pipeline", "policy", "preset",
            "runtime", "scheduler", "tokenizer"),
            kinds);
    }

    @Test
    public void noPluginButAnEngineHoldsNativesOrImportsBytedeco() {
        for (Bundle bundle : context.getBundles()) {
            String imports = String.valueOf(bundle.getHeaders().get(Constants.IMPORT_PACKAGE));
            if (bundle.getSymbolicName().startsWith("io.halftone.") && imports.contains("org.bytedeco")) {
                assertTrue(bundle.getSymbolicName(), Set.of("io.halftone.torch", "io.halftone.tensorrt").contains(bundle.getSymbolicName()));
            }
        }
    }

    @Test
    public void aPluginComesAndGoesUnderTheSameService() throws Exception {
        Bundle plugin = Arrays.stream(context.getBundles())
            .filter(bundle -> "io.halftone.level.reference".equals(bundle.getSymbolicName())).findFirst().orElseThrow();
        plugin.stop();
        assertEquals(Set.of("standard"), policies());
        plugin.start();
        assertEquals(Set.of("reference", "reference-0.21", "standard"), policies());
    }

    @Test
    public void refusesEveryBadInput() throws Exception {
        install("halftone-launcher");
        install("halftone-web");
        Path scratch = Files.createTempDirectory(Files.createDirectories(Path.of(System.getProperty("halftone.scratch"))), "bad").toRealPath();
        Path model = Path.of(System.getProperty("karaf.home")).resolve("models").resolve("tiny-sdxl");
        new BadInputSuite(context, sessions, scratch, model).run();
    }

    @Test
    public void chainRunsThroughTheServices() throws Exception {
        Path out = Files.createTempDirectory(Files.createDirectories(Path.of(System.getProperty("halftone.scratch"))), "chain");
        PipelineSource source = new PipelineSource("", "tiny-sdxl", DType.FLOAT32);
        AtomicInteger heard = new AtomicInteger();
        QuantizeResult quantized = halftone.quantize(QuantizeRequest.of(source, QuantSettings.int8(new QuantLevel("3")),
            CalibrationSettings.of(2, 4, 0), out.resolve("tiny.safetensors").toString(), out.resolve("onnx").toString()),
            progress -> heard.incrementAndGet()).await();
        assertTrue("progress was heard " + heard, heard.get() > 4);
        assertTrue(Files.size(out.resolve("tiny.safetensors")) > 1_000_000);
        BuildResult built = halftone.build(new BuildRequest(quantized.exports().get(0).model(), "onnxruntime", "", Map.of(), Map.of()),
            ProgressListener.NONE).await();
        CompareResult compared = halftone.compare(new CompareRequest(source, BackboneChoice.fullPrecision(),
            new BackboneChoice.OnEngine("onnxruntime", built.report().file().toString()),
            new Sampling(List.of("a large red circle on the left of a blue background"), "", 10, 5, 0, 0, 1, ""), out.toString(), 2),
            ProgressListener.NONE).await();
        assertTrue("PSNR " + compared.psnr(), compared.psnr() > 30);
        for (String image : List.of(compared.pictures().get(0).referenceImage(), compared.pictures().get(0).sideBySide())) {
            byte[] png = Files.readAllBytes(Path.of(image));
            assertEquals("PNG", new String(Arrays.copyOfRange(png, 1, 4), StandardCharsets.US_ASCII));
        }
    }

    @Test
    public void commandsAreInTheConsole() throws Exception {
        String plan = run("halftone:plan --model tiny-sdxl --quant-level 3 --json");
        assertTrue(plan, plan.startsWith("{\"conv\":38,\"linear\":192,\"attention\":0"));
        String help = run("halftone:quantize --help");
        assertTrue(help, help.contains("--collect-method") && help.contains("halftone:quantize"));
    }

    @Test
    public void commandsCompleteNames() {
        assertEquals(List.of("fp8", "fp8-weight-only"), completions("halftone:plan --format fp"));
        assertEquals(List.of("tiny-flux", "tiny-sd21", "tiny-sd3", "tiny-sdxl"), completions("halftone:plan --model tiny"));
        List<String> options = completions("halftone:plan --quant");
        assertTrue(options.toString(), options.containsAll(List.of("--quant-algo", "--quant-level")));
    }

    /** What the console offers behind that line. */
    private List<String> completions(String line) {
        List<String> candidates = new ArrayList<>();
        String[] words = line.split(" ");
        int last = words.length - 1;
        CommandLine typed = new CommandLineImpl(words, last, words[last].length(), line.length(), line);
        Command plan = sessions.getRegistry().getCommand("halftone", "plan");
        try (Session session = sessions.create(new ByteArrayInputStream(new byte[0]), System.out, System.out)) {
            plan.getCompleter(false).complete(session, typed, candidates);
        }
        return candidates.stream().map(String::strip).sorted().toList();
    }

    @Test
    public void commandsRunOverSsh() throws Exception {
        try (RemoteShell shell = remote()) {
            String plan = shell.run("halftone:plan --model tiny-sdxl --quant-level 3 --json");
            assertTrue(plan, plan.startsWith("{\"conv\":38,\"linear\":192,\"attention\":0") && plan.lines().count() == 1);
            RemoteShell.Command wrong = shell.start("halftone:plan --model nothing");
            assertEquals(1, wrong.status());
            String said = wrong.out() + wrong.err();
            assertTrue(said, said.contains("model nothing: found none"));
            assertFalse("no terminal, so no colours: " + said, said.contains("\u001b"));
            assertFalse(shell.run("halftone:doctor").contains("\u001b"));
        }
    }

    /** With the configuration that is shipped, but for the port and a user. */
    @Test
    public void sshIsForThisMachineWithAKeyOfItsOwnAndKeepsNoPassword() throws Exception {
        Path etc = Path.of(System.getProperty("karaf.etc"));
        try (RemoteShell shell = remote()) {
            assertTrue(shell.run("halftone:models --json").contains("tiny-sdxl"));
        }
        String port = String.format(":%04X", remotePort());
        List<String> addresses = Sockets.listening(ProcessHandle.current().pid()).stream().filter(address -> address.endsWith(port)).toList();
        assertEquals(addresses.toString(), 1, addresses.size());
        assertTrue(addresses.get(0), addresses.get(0).matches(Sockets.LOOPBACK));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(etc.resolve("host.key"))));
        String users = Files.readString(etc.resolve("users.properties"));
        assertTrue("a hash: " + users, users.matches("(?s).*tester\\s*=\\s*\\{CRYPT\\}[0-9a-fA-F]{64}\\{CRYPT\\},_g_:admingroup.*"));
    }

    @Test
    public void aScriptRunsOverSsh() throws Exception {
        Path script = Files.createTempDirectory(scratch(), "script").resolve("plans.halftone");
        Files.writeString(script, "halftone:plan --model tiny-sdxl --quant-level $1 --json\nhalftone:plan --model tiny-flux --json\n");
        try (RemoteShell shell = remote()) {
            List<String> lines = shell.run("source " + script + " 1").lines().toList();
            assertEquals(lines.toString(), 2, lines.size());
            assertTrue(lines.get(0), lines.get(0).startsWith("{\"conv\":38,\"linear\":0,"));
        }
    }

    @Test
    public void aJobIsSeenAndCancelledFromAnotherSession() throws Exception {
        Path out = Files.createTempDirectory(scratch(), "cancelled");
        try (RemoteShell shell = remote()) {
            RemoteShell.Command job = shell.start("halftone:quantize --model tiny-sdxl --calib-size 64 --n-steps 50 --quantized-torch-ckpt-save-path "
                + out.resolve("tiny.safetensors"));
            JobInfo running = calibrating();
            assertEquals("tiny-sdxl", running.subject());
            String jobs = shell.run("halftone:jobs --running --json");
            assertTrue(jobs, jobs.startsWith("{\"jobs\":[{\"id\":\"" + running.id()
                + "\",\"kind\":\"quantize\",\"subject\":\"tiny-sdxl\",\"state\":\"running\","));
            assertEquals(running.id() + ": cancelled\n", shell.run("halftone:job-cancel --wait " + running.id()));
            assertEquals(1, job.status());
            assertTrue(job.out(), job.out().contains("cancelled"));
        }
        assertEquals("nothing is left", List.of(), children(out));
    }

    /** Threads change the bits of pictures, and where exports are kept changes nothing: the job has its own of both. */
    @Test
    public void aJobKeepsItsSettingsWhenTheyAreChanged() throws Exception {
        Path out = Files.createTempDirectory(scratch(), "configured");
        int threads = Runtime.getRuntime().availableProcessors() == 1 ? 2 : 1;   // not as many as there usually are
        String usual = halftone.generate(picture(out.resolve("undisturbed.png"), 4), ProgressListener.NONE).await().latency().backbone();
        assertFalse(usual, usual.contains(", threads: " + threads + ","));
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch changed = new CountDownLatch(1);
        Job<GenerateResult> job = halftone.generate(picture(out.resolve("changed.png"), 4), progress -> {
            begun.countDown();
            await(changed);
        });
        begun.await();
        try (RemoteShell shell = remote()) {
            shell.run("config:property-set --pid io.halftone engineCache " + out.resolve("engines"));
            shell.run("config:property-set --pid io.halftone.torch threads " + threads);
            awaitThreads(out.resolve("beside.png"), threads);
            changed.countDown();
            assertEquals("of a job that was asked for before", usual, job.await().latency().backbone());
            assertEquals("the first byte that differs", -1, Files.mismatch(out.resolve("undisturbed.png"), out.resolve("changed.png")));

            shell.run("config:property-set --pid io.halftone.torch device tpu");
            awaitDoctor(shell, true);
            RemoteShell.Command refused = shell.start("halftone:generate --model tiny-sdxl --prompt x --save-image-as " + out.resolve("x.png"));
            assertEquals(1, refused.status());
            assertTrue(refused.out(), refused.out().contains("io.halftone.torch: device: found tpu; expected cpu, cuda, cuda:1 ... or auto"));
        } finally {
            changed.countDown();
            try (RemoteShell shell = remote()) {
                shell.run("config:property-delete --pid io.halftone engineCache");
                shell.run("config:property-delete --pid io.halftone.torch threads");
                shell.run("config:property-delete --pid io.halftone.torch device");
                awaitDoctor(shell, false);   // changes are told in their order: the others are known too
            }
        }
    }

    @Test
    public void whatIsConfiguredOfACollectorIsRefusedOrCountsForTheNextJob() throws Exception {
        String pid = "io.halftone.collector.percentile";
        Path checkpoint = Files.createTempDirectory(scratch(), "percentile").resolve("tiny.safetensors");
        QuantSettings settings = new QuantSettings("int8", new QuantLevel("1"), "standard", "max", Map.of(), "percentile", 1, List.of());
        QuantizeRequest request = QuantizeRequest.of(new PipelineSource("", "tiny-sdxl", DType.FLOAT32), settings, CalibrationSettings.of(1, 1, 0),
            checkpoint.toString(), "");
        try (RemoteShell shell = remote()) {
            try {
                shell.run("config:property-set --pid " + pid + " percentage 200");
                awaitDoctor(shell, true);
                IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> halftone.quantize(request, ProgressListener.NONE));
                assertEquals(pid + ": percentage: found 200.0; expected a value in the range over 0, at most 100", refusal.getMessage());
                shell.run("config:property-set --pid " + pid + " percentage 99");
                awaitDoctor(shell, false);
                halftone.quantize(request, ProgressListener.NONE).await();
                assertTrue(Files.readString(checkpoint, StandardCharsets.ISO_8859_1).contains("percentage 99.0, skip zeros false"));
            } finally {
                shell.run("config:delete " + pid);
            }
        }
    }

    /** Waits until doctor finds the configuration wrong, or right again: the listeners of Config Admin are called on a thread of its own. */
    private static void awaitDoctor(RemoteShell shell, boolean problem) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        String doctor = shell.run("halftone:doctor");
        while (doctor.contains("problem  configuration") != problem) {
            assertTrue(doctor, System.nanoTime() < end);
            Thread.sleep(50);
            doctor = shell.run("halftone:doctor");
        }
    }

    /** Waits until a new job computes with so many threads: the listeners of Config Admin are called on a thread of its own. */
    private void awaitThreads(Path image, int threads) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        String backbone;
        do {
            backbone = halftone.generate(picture(image, 1), ProgressListener.NONE).await().latency().backbone();
            assertTrue(backbone, System.nanoTime() < end);
        } while (!backbone.contains(", threads: " + threads + ","));
    }

    private static GenerateRequest picture(Path file, int steps) {
        return new GenerateRequest(new PipelineSource("", "tiny-sdxl", DType.FLOAT32), BackboneChoice.fullPrecision(),
            new Sampling(List.of("a small green star on the top of a white background"), "", steps, 5, 0, 0, 1, ""), file.toString(), "");
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(120, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The job that runs, once it is at its first steps. */
    private JobInfo calibrating() throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (System.nanoTime() < end) {
            Optional<JobInfo> job = halftone.jobs().stream().filter(each -> each.isRunning() && each.progress().stage().equals("calibrate")).findFirst();
            if (job.isPresent()) {
                return job.get();
            }
            Thread.sleep(20);
        }
        throw new AssertionError("found no calibration among " + halftone.jobs() + "; expected one");
    }

    private Set<String> policies() {
        return halftone.plugins().stream().filter(plugin -> plugin.kind().equals("policy"))
            .flatMap(plugin -> plugin.names().stream()).collect(Collectors.toSet());
    }
}
