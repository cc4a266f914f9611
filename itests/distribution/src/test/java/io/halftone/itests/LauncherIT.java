package io.halftone.itests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** {@code bin/halftone} as a process, as users run it. */
public class LauncherIT {
    private static final Path HOME = Path.of(System.getProperty("halftone.distribution")).toAbsolutePath().normalize();
    private static final String COMMANDS = "auto, benchmark, build, check-lora, compare, doctor, engines, evaluate, explain, export, fuse-lora, generate, "
        + "inspect, job-cancel, job-watch, jobs, merge-stats, models, plan, plugins, presets, quantize, quickstart, sign, synthesize, unfuse-lora, verify";

    private static final String NO_RUNTIME = "found none; expected the bundle io.halftone.torch, which the feature halftone-torch brings";
    /** An ONNX model: y = Identity(x) for one float32, IR 8, opset 19. */
    private static final String IDENTITY = "0808" + "3a37" + "0a10" + "0a0178" + "120179" + "22084964656e74697479" + "120167"
        + "5a0f" + "0a0178" + "120a0a08080112040a020801" + "620f" + "0a0179" + "120a0a08080112040a020801" + "42021013";

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Test
    public void plansTheEmbeddedPipeline() throws Exception {
        Launch plan = launch("plan", "--path", HOME.resolve("models").resolve("tiny-sdxl").toString(), "--quant-level", "1", "--json");
        plan.endsWith(0);
        assertTrue(plan.out(), plan.out().startsWith("{\"conv\":38,\"linear\":0,\"attention\":0,"));
        assertEquals("one object and nothing else", 1, plan.out().lines().count());
        assertEquals("", plan.err());
    }

    @Test
    public void looksAtTheMachine() throws Exception {
        Launch doctor = launch("doctor", "--model", "tiny-sdxl", "--engine", "onnxruntime", "--json");
        doctor.endsWith(0);
        assertTrue(doctor.out(), doctor.out().startsWith("{\"problems\":0,\"findings\":["));
        assertTrue(doctor.out(), Pattern.compile("\"subject\":\"libtorch\",\"found\":\"\\S+ for the CPU, classes and native libraries of one version\"")
            .matcher(doctor.out()).find());
        assertEquals("", doctor.err());
    }

    @Test
    public void failsWhereTheEngineThatIsAskedForIsNotThere() throws Exception {
        Launch doctor = launch("doctor", "--engine", "nowhere");
        doctor.endsWith(1);
        assertTrue(doctor.out(), doctor.out().contains("to do: bin/halftone install halftone-nowhere-VERSION.kar"));
        assertTrue(doctor.err(), doctor.err().startsWith("halftone: doctor: found 1 problem; expected none"));
    }

    @Test
    public void tellsTheOptionsOfACommand() throws Exception {
        Launch help = launch("plan", "--help");
        help.endsWith(0);
        assertTrue(help.out(), help.out().contains("halftone plan [options]"));
        assertFalse("no terminal, so no colours", help.out().contains("\u001b"));
    }

    @Test
    public void namesTheCommandsWhenOneIsUnknown() throws Exception {
        Launch unknown = launch("plann");
        unknown.endsWith(2);
        assertEquals("halftone: command: found plann; expected one of " + COMMANDS + "\n", unknown.err());
        assertEquals("", unknown.out());
    }

    @Test
    public void saysInOneLineThatAFolderIsMissing() throws Exception {
        Launch missing = launch("generate", "--path", "/nowhere/sdxl", "--prompt", "x", "--save-image-as", folder.getRoot() + "/x.png");
        missing.endsWith(2);
        assertEquals(missing.err(), 1, missing.err().lines().count());
        assertTrue(missing.err(), missing.err().startsWith("halftone: ") && missing.err().contains("/nowhere/sdxl"));
        assertEquals("", missing.out());
        assertEquals(List.of(), children(folder.getRoot().toPath()));
    }

    /** A dozen and more of bad-input.txt, through the process; DistributionIT runs all of them through what the process runs. */
    @Test
    public void refusesBadInput() throws Exception {
        Path scratch = folder.getRoot().toPath().toRealPath();
        new BadInputs(scratch.resolve("in"), HOME.resolve("models").resolve("tiny-sdxl").toRealPath());
        Path out = Files.createDirectory(scratch.resolve("out"));
        Set<String> names = Set.of("unknown-option", "control-characters-in-the-command", "number-that-is-none", "required-option-missing",
            "plan-unknown-format", "plan-config-nested-deep", "plan-config-product-overflows", "plan-link-out-of-the-folder", "plan-recipe-with-a-tag",
            "quantize-zip-in-disguise", "quantize-shard-that-climbs-out", "generate-pickle-checkpoint", "build-data-climbs-out", "merge-statistics-damaged");
        List<BadInputSuite.Case> cases = BadInputSuite.cases().stream().filter(bad -> names.contains(bad.name())).toList();
        assertEquals(names.size(), cases.size());
        for (int i = 0; i < cases.size(); i += 2) {   // two at a time: as many as the smallest machine has cores
            List<Launch> launches = new ArrayList<>();
            for (BadInputSuite.Case bad : cases.subList(i, Math.min(i + 2, cases.size()))) {
                launches.add(launch(BadInputSuite.words(bad.line(), scratch).toArray(new String[0])));
            }
            for (int j = 0; j < launches.size(); j++) {
                BadInputSuite.Case bad = cases.get(i + j);
                launches.get(j).endsWith(bad.status());
                assertTrue(bad.name() + " said " + launches.get(j).err(), BadInputSuite.isExpected(launches.get(j).err(), bad.message(), scratch));
                assertEquals(bad.name(), "", launches.get(j).out());
            }
        }
        assertEquals(List.of(), children(out));
    }

    @Test
    public void argumentsArriveAsTheyAre() throws Exception {
        String odd = " two  words \"double\" 'single' $HOME `id` \\ {1,2} (a) * | > ; # = ünï 图";
        Launch plan = launch("plan", "--model", odd);
        plan.endsWith(2);
        assertTrue(plan.err(), plan.err().contains(odd));
    }

    @Test
    public void argumentsArriveWithoutALocale() throws Exception {
        Launch plan = Launch.of(HOME, List.of("LC_ALL=", "LC_CTYPE=", "LANG="), "plan", "--path", "/nowhere/ünï 图");
        plan.endsWith(2);
        assertTrue(plan.err(), plan.err().contains("/nowhere/ünï 图"));
    }

    @Test
    public void worksFromAPathWithBlanksThroughLinks() throws Exception {
        Path home = distribution("a distribution, ünï");
        Path bin = Files.createSymbolicLink(folder.newFolder("opt").toPath().resolve("bin"), home.resolve("bin"));
        Path usual = folder.newFolder("usr", "bin").toPath();
        Files.createSymbolicLink(usual.resolve("halftone"), bin.resolve("halftone"));
        Launch models = Launch.of(usual.getParent(), List.of(), "models", "--json");
        models.endsWith(0);
        assertTrue(models.out(), models.out().contains("tiny-sdxl"));
    }

    @Test
    public void twoLaunchesAtOnceListTheEmbeddedPipelines() throws Exception {
        Launch one = launch("models", "--json");
        Launch other = launch("models", "--json");
        one.endsWith(0);
        other.endsWith(0);
        for (String name : List.of("tiny-flux", "tiny-sd21", "tiny-sd3", "tiny-sdxl")) {
            assertTrue(one.out(), one.out().contains("{\"name\":\"" + name + "\","));
        }
        assertFalse(one.out(), one.out().contains("\"supported\":false"));
        assertEquals("", one.err());
        assertEquals(one.out(), other.out());
    }

    @Test
    public void aKilledCalibrationGoesOnToTheSameBytes() throws Exception {
        Path killed = folder.newFolder("killed").toPath().resolve("tiny.safetensors");
        Path journal = killed.resolveSibling("tiny.safetensors.calibration");
        Launch first = quantize(killed);
        while (first.isAlive() && !Files.exists(journal)) {
            Thread.sleep(5);
        }
        first.kill();
        assertTrue("it was killed after a batch and before its end", Files.exists(journal) && !Files.exists(killed));
        Launch again = quantize(killed);
        again.endsWith(0);
        assertTrue(again.out(), again.out().contains("\"batches\":"));
        assertFalse("nothing is run twice", again.out().contains("\"batches\":4,"));
        assertFalse(Files.exists(journal));

        Path undisturbed = folder.newFolder("undisturbed").toPath().resolve("tiny.safetensors");
        quantize(undisturbed).endsWith(0);
        assertEquals("the first byte that differs", -1, Files.mismatch(undisturbed, killed));
    }

    private static Launch quantize(Path checkpoint) throws IOException {
        return launch("quantize", "--json", "--quiet", "--model", "tiny-sdxl", "--calib-size", "8", "--batch-size", "2", "--n-steps", "5", "--workers", "1",
            "--collect-method", "min-mean", "--quantized-torch-ckpt-save-path", checkpoint.toString());
    }

    @Test
    public void refusesAJavaThatKarafCannotRunOn() throws Exception {
        Path java = folder.newFolder("jdk-25", "bin").toPath().resolve("java");
        Files.writeString(java, "#!/bin/sh\nexit 3\n");
        assertTrue(java.toFile().setExecutable(true));
        Path jdk = java.getParent().getParent();
        Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"Someone\"\nJAVA_VERSION=\"25.0.1\"\nOS_NAME=\"Linux\"\n");
        Launch refused = Launch.of(HOME, List.of("JAVA_HOME=" + jdk), "models");
        refused.endsWith(2);
        assertEquals("halftone: java: found version 25.0.1 (" + java + "); Karaf 4.4 runs on 17 to 23: "
            + "choose such a JDK with JAVA_HOME=/path/to/jdk-17\n", refused.err());
    }

    @Test
    public void aPluginInTheDeployFolderCountsAsLongAsItLiesThere() throws Exception {
        Path home = distribution("plugin");
        Path plugin;
        try (Stream<Path> jars = Files.walk(HOME.resolve("system").resolve("io").resolve("halftone").resolve("io.halftone.level.reference"))) {
            plugin = jars.filter(path -> path.toString().endsWith(".jar")).findFirst().orElseThrow();
        }
        leaveOut(home, "io.halftone.level.reference");
        Path dropped = Files.copy(plugin, home.resolve("deploy").resolve("reference.jar"));
        Launch with = planOf(home);
        with.endsWith(0);
        assertTrue(with.out(), with.out().startsWith("{\"conv\":"));
        Files.delete(dropped);
        Launch without = planOf(home);
        without.endsWith(2);
        assertEquals("halftone: policy reference: found none; expected one of [standard]\n", without.err());
    }

    private static Launch planOf(Path home) throws IOException {
        return Launch.of(home, List.of(), "plan", "--path", HOME.resolve("models").resolve("tiny-sdxl").toString(), "--policy", "reference",
            "--quant-level", "3", "--json");
    }

    @Test
    public void configurationInEtcCounts() throws Exception {
        Path home = distribution("configured");
        Files.writeString(home.resolve("etc").resolve("io.halftone.cfg"), "modelFolders = " + folder.newFolder("none") + "\n");
        Launch models = Launch.of(home, List.of(), "models", "--json");
        models.endsWith(0);
        assertEquals("{\"models\":[]}\n", models.out());
    }

    @Test
    public void endsWhenTheContainerDoesNotComeUp() throws Exception {
        Path home = distribution("broken");
        leaveOut(home, "org.osgi.util.promise");
        Launch broken = Launch.of(home, List.of(), "models");
        broken.endsWith(1);
        assertTrue(broken.err(), Pattern.matches("halftone: start: found no launcher, and without what they need org.osgi.service.component, "
            + ".*; expected it with the other bundles \\(logs: .*\\)\n", broken.err()));
        assertEquals("", broken.out());
    }

    @Test
    public void anInterruptedJobLeavesNothing() throws Exception {
        Path out = folder.newFolder("out").toPath();
        Launch job = launch("quantize", "--model", "tiny-sdxl", "--calib-size", "64", "--n-steps", "50",
            "--quantized-torch-ckpt-save-path", out.resolve("quantized.safetensors").toString());
        job.awaitWord();
        job.interrupt();
        job.endsWith(130);
        assertTrue(job.err(), job.err().endsWith("halftone: quantize: cancelled\n"));
        assertEquals(List.of(), children(out));
    }

    @Test
    public void worksWithoutLibtorchButForWhatComputes() throws Exception {
        Path home = distribution("without libtorch and engines");
        for (String bundle : List.of("io.halftone.torch", "io.halftone.bytedeco", "io.halftone.bytedeco.natives", "io.halftone.onnxruntime",
            "io.halftone.onnxruntime.lib")) {
            leaveOut(home, bundle);
        }
        Path model = Files.write(folder.getRoot().toPath().resolve("identity.onnx"), HexFormat.of().parseHex(IDENTITY));
        Path image = folder.getRoot().toPath().resolve("x.png");
        Launch plan = Launch.of(home, List.of(), "plan", "--model", "tiny-sdxl", "--quant-level", "3", "--json");
        Launch inspect = Launch.of(home, List.of(), "inspect", "--json", model.toString());
        plan.endsWith(0);
        inspect.endsWith(0);
        assertTrue(plan.out(), plan.out().startsWith("{\"conv\":38,\"linear\":192,\"attention\":0,"));
        assertTrue(inspect.out(), inspect.out().contains("\"Identity\":1"));
        Launch plugins = Launch.of(home, List.of(), "plugins");
        Launch generate = Launch.of(home, List.of(), "generate", "--model", "tiny-sdxl", "--prompt", "x", "--save-image-as", image.toString());
        plugins.endsWith(0);
        generate.endsWith(2);
        assertTrue(plugins.out(), plugins.out().contains("\nnot there     runtime any: " + NO_RUNTIME + "\n"));
        assertTrue(plugins.out(), plugins.out().contains("\nnot there     engine any: found none; expected "));
        assertEquals("halftone: runtime: " + NO_RUNTIME + "\n", generate.err());
        assertFalse(Files.exists(image));
    }

    @Test
    public void generatesOnLibtorchWithoutAnyEngine() throws Exception {
        Path home = distribution("without engines");
        leaveOut(home, "io.halftone.onnxruntime");
        leaveOut(home, "io.halftone.onnxruntime.lib");
        Path image = folder.getRoot().toPath().resolve("x.png");
        Launch generate = Launch.of(home, List.of(), "generate", "--model", "tiny-sdxl", "--prompt", "x", "--num-inference-steps", "1", "--quiet", "--json",
            "--save-image-as", image.toString());
        generate.endsWith(0);
        assertTrue(generate.out(), generate.out().contains("\"backbone\":\"libtorch "));
        assertTrue(Files.size(image) > 0);
    }

    private static Launch launch(String... arguments) throws IOException {
        return Launch.of(HOME, List.of(), arguments);
    }

    /** A distribution with a script, a configuration and a deploy folder of its own, and the rest of the one under test. */
    private Path distribution(String name) throws IOException {
        Path home = folder.newFolder(name).toPath();
        for (String part : List.of("bin", "etc")) {
            try (Stream<Path> files = Files.walk(HOME.resolve(part))) {
                for (Path file : files.toList()) {
                    Files.copy(file, home.resolve(HOME.relativize(file).toString()), StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
        for (String part : List.of("lib", "system", "models")) {
            Files.createSymbolicLink(home.resolve(part), HOME.resolve(part));
        }
        Files.createDirectory(home.resolve("deploy"));
        return home;
    }

    private static void leaveOut(Path home, String bundle) throws IOException {
        Path list = home.resolve("etc").resolve("oneshot").resolve("startup.properties");
        Files.write(list, Files.readAllLines(list).stream().filter(line -> !line.contains("/" + bundle + "/")).toList());
    }

    private static List<String> children(Path folder) throws IOException {
        try (Stream<Path> list = Files.list(folder)) {
            return list.map(path -> path.getFileName().toString()).toList();
        }
    }
}
