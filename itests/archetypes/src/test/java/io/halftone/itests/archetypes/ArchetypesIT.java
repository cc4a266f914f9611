package io.halftone.itests.archetypes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.model.ModelAdapter;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Plugins as others write them: built outside of this build, dropped into deploy/ of a distribution, and used. */
class ArchetypesIT {
    private static final Path ROOT = property("halftone.root");
    private static final Path DISTRIBUTION = ROOT.resolve("karaf-assembly").resolve("target").resolve("assembly");
    private static final Path SCRATCH = property("halftone.scratch");
    private static final Path HOME = SCRATCH.resolve("distribution");
    private static final Pattern TESTS = Pattern.compile("Tests run: ([1-9]\\d*), Failures: 0, Errors: 0, Skipped: 0");
    private static Projects projects;

    @BeforeAll
    static void buildAndDrop() throws Exception {
        delete(SCRATCH);
        Files.createDirectories(SCRATCH);
        projects = new Projects(ROOT, System.getProperty("halftone.version"), SCRATCH.resolve("projects"));
        Files.createDirectories(SCRATCH.resolve("projects"));
        projects.build(property("maven.home"), property("maven.repository"), System.getProperty("maven.offline").equals("offline true"));
        distribution(HOME);
        for (Path project : projects.folders()) {
            Path jar = Projects.jar(project);
            Files.copy(jar, HOME.resolve("deploy").resolve(jar.getFileName()));
        }
    }

    @Test
    void eachHasPassedItsTests() throws IOException {
        for (Path project : projects.folders()) {
            try (Stream<Path> reports = Files.list(project.resolve("target").resolve("surefire-reports"))) {
                for (Path report : reports.filter(file -> file.toString().endsWith(".txt")).toList()) {
                    assertTrue(TESTS.matcher(Files.readString(report)).find(), Files.readString(report));
                }
            }
        }
    }

    @Test
    void eachBringsAFeatureOfItsBundle() throws IOException {
        for (Path project : projects.folders()) {
            String feature = Files.readString(project.resolve("target").resolve("feature").resolve("feature.xml"));
            String jar = Projects.jar(project).getFileName().toString();
            String version = jar.replaceFirst(".*?-(\\d[^-]*(-SNAPSHOT|-[a-z]+[.\\d]*)?)\\.jar$", "$1");
            String artifact = jar.substring(0, jar.length() - version.length() - "-.jar".length());
            assertTrue(Pattern.compile("<bundle>mvn:[\\w.-]+/" + Pattern.quote(artifact + "/" + version) + "</bundle>").matcher(feature).find(),
                feature);
            assertTrue(feature.contains("<feature>halftone-api</feature>"), feature);
        }
    }

    /** So that it resolves where nothing else is: a package of Halftone's has the name of its bundle. */
    @Test
    void eachFeatureBringsWhatItsBundleImports() throws Exception {
        String version = System.getProperty("halftone.version");
        Path ours = DISTRIBUTION.resolve("system/io/halftone/io.halftone.features").resolve(version)
            .resolve("io.halftone.features-" + version + "-features.xml");
        for (Path project : projects.folders()) {
            Path own = project.resolve("target").resolve("feature").resolve("feature.xml");
            Matcher name = Pattern.compile("<feature name=\"([^\"]+)\"").matcher(Files.readString(own));
            assertTrue(name.find(), own.toString());
            Set<String> brought = new FeatureFiles(own, ours).artifacts(name.group(1));
            try (JarFile jar = new JarFile(Projects.jar(project).toFile())) {
                String imports = jar.getManifest().getMainAttributes().getValue("Import-Package");
                List<String> needed = Pattern.compile("\\bio\\.halftone[.\\w]+").matcher(imports).results().map(MatchResult::group).toList();
                assertTrue(needed.size() > 1 && brought.containsAll(needed), project + " imports " + needed + " and its feature brings " + brought);
            }
        }
    }

    /** As docs/hot-deploy.md asks of them. */
    @Test
    void noneAsksForAConfiguration() throws IOException {
        for (Path project : projects.folders()) {
            int components = 0;
            try (JarFile jar = new JarFile(Projects.jar(project).toFile())) {
                for (JarEntry entry : (Iterable<JarEntry>) jar.stream()::iterator) {
                    if (entry.getName().startsWith("OSGI-INF/") && entry.getName().endsWith(".xml")) {
                        String component = new String(jar.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
                        assertTrue(component.contains(" configuration-policy=\"ignore\""), component);
                        components++;
                    }
                }
            }
            assertTrue(components > 0, project + " has a component");
        }
    }

    @Test
    void allAreListed() throws Exception {
        String listed = halftone("plugins", "--json").succeeds();
        for (String name : List.of("BlocksModel", "My_Transformer2DModel", "median", "median-of-steps.v2", "large-layers", "p", "int6",
            "6bit.my-int_V2", "PixArtTransformer2DModel", "PixArtSigmaPipeline", "pixart-sigma")) {
            assertTrue(listed.contains("\"" + name + "\""), name + " in " + listed);
        }
    }

    @Test
    void oneCalibrationUsesAllFour() throws Exception {
        Path folder = SCRATCH.resolve("blocks");
        Path project = SCRATCH.resolve("projects").resolve("model-adapter-plain");
        try (URLClassLoader loader = new URLClassLoader(new URL[] {Projects.jar(project).toUri().toURL()}, getClass().getClassLoader())) {
            var adapter = (ModelAdapter) loader.loadClass("org.example.blocks.BlocksModelAdapter").getDeclaredConstructor().newInstance();
            Path config = project.resolve("src/test/resources/org/example/blocks/config.json");
            RandomModel.write(DISTRIBUTION.resolve("models").resolve("tiny-sd21"), adapter, config, folder);
        }
        Path checkpoint = SCRATCH.resolve("blocks.safetensors");
        Path onnx = SCRATCH.resolve("blocks-onnx");
        String said = halftone("quantize", "--path", folder.toString(), "--format", "int6", "--policy", "large-layers", "--quant-level", "3",
            "--collect-method", "median", "--calib-size", "2", "--batch-size", "1", "--n-steps", "3", "--quiet", "--json",
            "--quantized-torch-ckpt-save-path", checkpoint.toString(), "--onnx-dir", onnx.toString()).succeeds();
        // four convolutions, three projections and an output in each of two attentions
        assertTrue(said.contains("\"conv\":4") && said.contains("\"linear\":8"), said);
        assertTrue(Files.exists(checkpoint) && Files.exists(onnx.resolve("backbone.onnx")));
        String explained = halftone("explain", "--restore-from", checkpoint.toString(), "attentions.0.to_q").succeeds();
        assertTrue(explained.contains("median of 3 steps' largest magnitudes: "), explained);
    }

    @Test
    void theExampleGoesFromPresetToQuantizedPicture() throws Exception {
        String plan = halftone("plan", "--model", "pixart-sigma", "--quant-level", "3", "--json").succeeds();
        assertTrue(plan.startsWith("{\"conv\":0,\"linear\":281,\"attention\":0,"), plan);
        Path folder = SCRATCH.resolve("pixart");
        halftone("synthesize", "--model", "pixart-sigma-tiny", "--path", folder.toString(), "--quiet").succeeds();
        Path checkpoint = SCRATCH.resolve("pixart.safetensors");
        halftone("quantize", "--path", folder.toString(), "--calib-size", "2", "--n-steps", "3", "--quiet",
            "--quantized-torch-ckpt-save-path", checkpoint.toString(), "--onnx-dir", SCRATCH.resolve("pixart-onnx").toString()).succeeds();
        Path picture = SCRATCH.resolve("fox.png");
        halftone("generate", "--path", folder.toString(), "--restore-from", checkpoint.toString(), "--prompt", "a fox", "--num-inference-steps", "4",
            "--quiet", "--save-image-as", picture.toString()).succeeds();
        assertEquals(128, ImageIO.read(picture.toFile()).getWidth());
    }

    /** As docs/plugins.md has it: jars that come to deploy/ and go, and a feature from the local repository. */
    @Test
    void aConsoleThatRunsTakesPluginsAndLetsThemGo() throws Exception {
        Path home = SCRATCH.resolve("console");
        distribution(home);
        Path projectsFolder = SCRATCH.resolve("projects");
        Path format = projectsFolder.resolve("format-plain");
        Path collector = projectsFolder.resolve("collector-plain");
        String plan = "halftone:plan --model tiny-sd21 --format int6 --collect-method COLLECTOR --json";
        try (RunningConsole console = RunningConsole.start(home, installed(format))) {
            for (Path project : List.of(format, collector)) {
                drop(Projects.jar(project), home.resolve("deploy"));
            }
            console.await("halftone:plugins --json", said -> said.contains("\"int6\"") && said.contains("\"median\""));
            String planned = console.run(plan.replace("COLLECTOR", "median"));
            assertTrue(planned.startsWith("{\"conv\":50,\"linear\":192,"), planned);
            assertTrue(planned.contains("{\"median\":242}"), planned);

            for (Path project : List.of(format, collector)) {
                Files.delete(home.resolve("deploy").resolve(Projects.jar(project).getFileName()));
            }
            console.await("halftone:plugins --json", said -> !said.contains("\"int6\"") && !said.contains("\"median\""));
            RunningConsole.Answer refused = console.ask(plan.replace("COLLECTOR", "default"));
            assertEquals(1, refused.status());
            assertTrue(refused.said().contains("format int6: found none; expected one of [fp8, "), refused.said());

            console.run("feature:repo-add mvn:org.example/int6/1.0.0/xml/features");
            console.run("feature:install int6");
            console.await("halftone:plugins --json", said -> said.contains("\"int6\""));
            console.run(plan.replace("COLLECTOR", "default"));
            console.run("feature:uninstall int6");
            console.await("halftone:plugins --json", said -> !said.contains("\"int6\""));
        }
    }

    /** At once, as half a jar may be seen otherwise. */
    private static void drop(Path jar, Path deploy) throws IOException {
        Path part = Files.copy(jar, deploy.resolveSibling(jar.getFileName() + ".part"));
        Files.move(part, deploy.resolve(jar.getFileName()), StandardCopyOption.ATOMIC_MOVE);
    }

    /** A local repository with what an install of the project would have put there. */
    private static Path installed(Path project) throws IOException {
        Path jar = Projects.jar(project);
        Path repository = SCRATCH.resolve("installed");
        Path folder = Files.createDirectories(repository.resolve("org/example/int6/1.0.0"));
        Files.copy(jar, folder.resolve(jar.getFileName()));
        Files.copy(project.resolve("target").resolve("feature").resolve("feature.xml"), folder.resolve("int6-1.0.0-features.xml"));
        return repository;
    }

    private static Command halftone(String... arguments) throws IOException {
        List<String> line = new ArrayList<>(List.of(HOME.resolve("bin").resolve("halftone").toString()));
        line.addAll(List.of(arguments));
        return Command.start(SCRATCH, Map.of("HALFTONE_DATA", SCRATCH.resolve("data").toString(), "HALFTONE_JAVA_OPTS",
            "-XX:TieredStopAtLevel=1"), line);
    }

    /** A distribution with a deploy folder of its own, and the rest of the one under test. */
    private static void distribution(Path home) throws IOException {
        for (String part : List.of("bin", "etc")) {
            try (Stream<Path> files = Files.walk(DISTRIBUTION.resolve(part))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Path target = home.resolve(DISTRIBUTION.relativize(file).toString());
                    Files.createDirectories(target.getParent());
                    Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
        for (String part : List.of("lib", "system", "models")) {
            Files.createSymbolicLink(home.resolve(part), DISTRIBUTION.resolve(part));
        }
        Files.createDirectory(home.resolve("deploy"));
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static Path property(String name) {
        return Path.of(System.getProperty(name)).toAbsolutePath().normalize();
    }
}
