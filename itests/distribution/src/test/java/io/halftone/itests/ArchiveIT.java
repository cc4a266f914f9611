package io.halftone.itests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.Assume;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Archives that are installed into a distribution: what {@code bin/halftone} starts from then on. */
public class ArchiveIT {
    private static final Path HOME = Path.of(System.getProperty("halftone.distribution")).toAbsolutePath().normalize();

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder(new File("target"));
    private Path home;

    /** The distribution under test with files of its own: big ones are links, which an installation replaces and does not write to. */
    @Before
    public void distribution() throws IOException {
        home = folder.newFolder("home").toPath().toAbsolutePath();
        try (Stream<Path> files = Files.walk(HOME)) {
            for (Path file : files.skip(1).toList()) {
                Path copy = home.resolve(HOME.relativize(file).toString());
                if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                    Files.createDirectories(copy);
                } else if (file.startsWith(HOME.resolve("system")) || file.startsWith(HOME.resolve("models"))) {
                    Files.createLink(copy, file);
                } else {
                    Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }

    private Launch done(String... arguments) throws Exception {
        Launch launch = Launch.of(home, List.of(), arguments);
        launch.endsWith(0);
        return launch;
    }

    private Map<String, String> configuration() throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(home.resolve("etc"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(home.relativize(file).toString(), Files.readString(file, StandardCharsets.ISO_8859_1).strip());
            }
        }
        return contents;
    }

    @Test
    public void tensorRtWithoutAGpuIsMissedInPlainWordsAndDisturbsNothing() throws Exception {
        Assume.assumeFalse("an NVIDIA driver is here", Files.exists(Path.of("/dev/nvidiactl")));
        Map<String, String> shipped = configuration();
        String before = done("plugins").out();
        assertEquals("installed halftone-tensorrt: 4 bundles, from the next start\n", done("install", System.getProperty("halftone.tensorrt")).out());

        String plugins = done("plugins").out();
        assertTrue(plugins, plugins.contains("engine tensorrt: GPU: found no NVIDIA driver; expected one of [/dev/nvidiactl, /dev/nvidia0, /dev/dxg]"));
        // the bundle is there, with what needs no GPU
        assertEquals(List.of("build-tool"), plugins.lines().filter(line -> line.contains("io.halftone.tensorrt ")).map(line -> line.split(" ")[0]).toList());
        assertTrue(plugins, plugins.contains("io.halftone.onnxruntime"));
        Path onnx = folder.newFolder("onnx").toPath().toAbsolutePath();
        done("export", "--quiet", "--model", "tiny-sdxl", "--onnx-dir", onnx.toString());
        Path picture = onnx.resolve("x.png");
        String made = done("generate", "--quiet", "--model", "tiny-sdxl", "--onnx-load-path", onnx.toString(), "--prompt", "a large red circle",
            "--num-inference-steps", "2", "--save-image-as", picture.toString()).out();
        assertTrue(made, Files.exists(picture) && made.contains("onnxruntime"));
        Launch absent = Launch.of(home, List.of(), "generate", "--model", "tiny-sdxl", "--onnx-load-path", onnx.toString(), "--engine", "tensorrt",
            "--prompt", "x");
        absent.endsWith(2);
        assertTrue(absent.err(), absent.err().startsWith("halftone: engine tensorrt: GPU: found no NVIDIA driver"));

        assertEquals("uninstalled halftone-tensorrt, from the next start\n", done("uninstall", "halftone-tensorrt").out());
        assertEquals(before, done("plugins").out());
        assertEquals(shipped, configuration());
    }

    @Test
    public void otherNativesTakeThePlaceOfThoseForTheCpu() throws Exception {
        Map<String, String> shipped = configuration();
        // no native library is in it: one that was loaded all the same would be of the fragment for the CPU
        done("install", natives().toString());
        assertTrue(done("plan", "--model", "tiny-sdxl", "--json").out().startsWith("{\"conv\":"));
        List<String> data = List.of("HALFTONE_DATA=" + folder.newFolder("data"));
        String[] generate = {"generate", "--quiet", "--model", "tiny-sdxl", "--prompt", "x", "--num-inference-steps", "1", "--save-image-as",
            folder.getRoot() + "/x.png"};
        Launch without = Launch.of(home, data, generate);
        without.endsWith(1);
        assertTrue(without.err(), without.err().contains("libtorch: found no library that loads"));
        Launch device = Launch.of(home, data, "generate", "--model", "tiny-sdxl", "--prompt", "x", "--device", "gpu");
        device.endsWith(2);
        assertEquals("halftone: device: found gpu; expected cpu, cuda, cuda:1 ... or auto\n", device.err());

        done("uninstall", "stand-in");
        assertEquals(shipped, configuration());
        done(generate);
        Launch cuda = Launch.of(home, List.of(), "generate", "--model", "tiny-sdxl", "--prompt", "x", "--device", "cuda");
        cuda.endsWith(2);
        assertEquals("halftone: device cuda: found libtorch for the CPU alone; expected libtorch for CUDA, which the archive "
            + "halftone-cuda has, and a device: choose cpu or auto\n", cuda.err());
    }

    @Test
    public void saysInOneLineWhatIsNoArchive() throws Exception {
        Launch missing = Launch.of(home, List.of(), "install", "/nowhere/x.kar");
        missing.endsWith(2);
        assertEquals("halftone: /nowhere/x.kar: found no file; expected a Karaf archive, .kar\n", missing.err());
        Launch none = Launch.of(home, List.of(), "uninstall", "halftone-cuda");
        none.endsWith(2);
        assertEquals("halftone: uninstall: found no halftone-cuda; expected nothing: no archive is installed\n", none.err());
        assertFalse(Files.exists(home.resolve("etc").resolve("kars")));
    }

    /** An archive with a fragment of the symbolic name that the natives for the CPU have, and nothing in it. */
    private Path natives() throws IOException {
        Path kar = folder.getRoot().toPath().toAbsolutePath().resolve("stand-in.kar");
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", "io.halftone.bytedeco.natives;singleton:=true");
        main.putValue("Bundle-Version", "0.1.0");
        main.putValue("Fragment-Host", "io.halftone.bytedeco");
        try (OutputStream out = Files.newOutputStream(kar); ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("repository/org/example/stand-in/1/stand-in-1-features.xml"));
            zip.write(("<features name=\"stand-in\" xmlns=\"http://karaf.apache.org/xmlns/features/v1.6.0\"><feature name=\"stand-in\">"
                + "<bundle start-level=\"30\">mvn:org.example/natives/1</bundle></feature></features>").getBytes(StandardCharsets.UTF_8));
            zip.putNextEntry(new ZipEntry("repository/org/example/natives/1/natives-1.jar"));
            JarOutputStream jar = new JarOutputStream(zip, manifest);
            jar.finish();
        }
        return kar;
    }
}
