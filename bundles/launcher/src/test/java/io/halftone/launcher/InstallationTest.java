package io.halftone.launcher;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstallationTest {
    private static final String CPU = "io/halftone/natives/1/natives-1.jar";
    private static final String GPU = "io/halftone/natives.gpu/1/natives.gpu-1.jar";
    private static final String START = "# what runs\nreference\\:file\\:io/halftone/host/1/host-1.jar = 30\nreference\\:file\\:" + CPU + " = 30\n";
    private static final String BOOT = "featuresRepositories = \\\n    mvn:io.halftone/features/1/xml/features\n\nfeaturesBoot = \\\n    scr/4, \\\n    halftone/1\n";
    private static final String PROCESSING = "<featuresProcessing>\n    <!-- <blacklistedRepositories/> -->\n</featuresProcessing>\n";
    private static final String SYSTEM = "a=1\norg.bytedeco.javacpp.platform.extension=\nb=2\n";

    @TempDir
    private Path folder;
    private Path home;
    private Installation distribution;

    @BeforeEach
    void ship() throws IOException {
        home = Files.createDirectory(folder.resolve("home"));
        write("etc/oneshot/startup.properties", START.getBytes(StandardCharsets.UTF_8));
        write("etc/org.apache.karaf.features.cfg", BOOT.getBytes(StandardCharsets.UTF_8));
        write("etc/org.apache.karaf.features.xml", PROCESSING.getBytes(StandardCharsets.UTF_8));
        write("etc/system.properties", SYSTEM.getBytes(StandardCharsets.UTF_8));
        write("system/io/halftone/host/1/host-1.jar", bundle("host", ""));
        write("system/" + CPU, bundle("natives;singleton:=true", ""));
        distribution = new Installation(home);
    }

    private void write(String file, byte[] content) throws IOException {
        Path path = home.resolve(file);
        Files.createDirectories(path.getParent());
        Files.write(path, content);
    }

    private String read(String file) throws IOException {
        return Files.readString(home.resolve(file));
    }

    private Map<String, String> everything() throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(home.relativize(file).toString(), new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
            }
        }
        return contents;
    }

    private static byte[] bundle(String symbolicName, String property) throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-SymbolicName", symbolicName);
        if (!property.isEmpty()) {
            main.putValue(Kar.SYSTEM_PROPERTY, property);
        }
        var bytes = new ByteArrayOutputStream();
        new JarOutputStream(bytes, manifest).close();
        return bytes.toByteArray();
    }

    private static String feature(String name, String... bundles) {
        return "<features name=\"x\" xmlns=\"http://karaf.apache.org/xmlns/features/v1.6.0\"><feature name=\"" + name + "\"><feature>scr</feature>"
            + String.join("", bundles) + "</feature></features>";
    }

    private Path archive(String name, Map<String, byte[]> entries) throws IOException {
        Path file = folder.resolve(name);
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
            }
        }
        return file;
    }

    /** Stands for libtorch for CUDA. */
    private Path gpu() throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("repository/io/halftone/gpu/1/gpu-1-features.xml",
            feature("gpu", "<bundle start-level=\"30\">mvn:io.halftone/natives.gpu/1</bundle>").getBytes(StandardCharsets.UTF_8));
        entries.put("repository/" + GPU, bundle("natives;singleton:=true", "org.bytedeco.javacpp.platform.extension=-gpu"));
        return archive("gpu-1.kar", entries);
    }

    private Path engine() throws IOException {
        return archive("engine-1.kar", Map.of("repository/io/halftone/engine/1/engine-1-features.xml",
            feature("engine", "<bundle>mvn:io.halftone/plugin/1</bundle>").getBytes(StandardCharsets.UTF_8),
            "repository/io/halftone/plugin/1/plugin-1.jar", bundle("plugin", "")));
    }

    @Test
    void aBundleTakesThePlaceOfTheOneWithItsSymbolicName() throws IOException {
        assertEquals(List.of("installed gpu: 1 bundles, from the next start", "in place of mvn:io.halftone/natives/1"), distribution.install(gpu()));
        assertEquals(START.replace(CPU, GPU), read("etc/oneshot/startup.properties"));
        assertEquals(SYSTEM.replace("extension=", "extension=-gpu"), read("etc/system.properties"));
        assertEquals("featuresRepositories = \\\n    mvn:io.halftone/gpu/1/xml/features, \\\n    mvn:io.halftone/features/1/xml/features\n\n"
            + "featuresBoot = \\\n    gpu, \\\n    scr/4, \\\n    halftone/1\n", read("etc/org.apache.karaf.features.cfg"));
        assertEquals("<featuresProcessing>\n    <!-- <blacklistedRepositories/> -->\n    <bundleReplacements>\n        <bundle originalUri="
            + "\"mvn:io.halftone/natives/1\" replacement=\"mvn:io.halftone/natives.gpu/1\" mode=\"maven\"/>\n    </bundleReplacements>\n"
            + "</featuresProcessing>\n", read("etc/org.apache.karaf.features.xml"));
        assertTrue(Files.exists(home.resolve("system").resolve(GPU)) && Files.exists(home.resolve("system").resolve(CPU)));
    }

    @Test
    void nothingIsLeftOfWhatIsTakenOut() throws IOException {
        Map<String, String> shipped = everything();
        distribution.install(gpu());
        distribution.install(engine());
        assertTrue(read("etc/oneshot/startup.properties").endsWith("reference\\:file\\:io/halftone/plugin/1/plugin-1.jar = 80\n"));
        assertEquals(List.of("uninstalled gpu, from the next start"), distribution.uninstall("gpu"));
        assertTrue(read("etc/oneshot/startup.properties").startsWith(START));
        distribution.uninstall("engine");
        assertEquals(shipped, everything());
    }

    @Test
    void installingAgainIsInstallingOnce() throws IOException {
        distribution.install(gpu());
        Map<String, String> once = everything();
        distribution.install(gpu());
        Map<String, String> twice = everything();
        once.remove("etc/kars/gpu.properties");   // it says when
        twice.remove("etc/kars/gpu.properties");
        assertEquals(once, twice);
    }

    @Test
    void refusesWhatIsNoArchiveAndLeavesEverything() throws IOException {
        Map<String, String> shipped = everything();
        Path text = Files.writeString(folder.resolve("text.kar"), "text");
        assertTrue(refusal(text).startsWith(text + ": found no archive ("), refusal(text));
        Path none = folder.resolve("none.kar");
        assertEquals(none + ": found no file; expected a Karaf archive, .kar", refusal(none));
        Path empty = archive("empty.kar", Map.of("META-INF/MANIFEST.MF", new byte[0]));
        assertEquals(empty + ": found 0 lists of features; expected one, repository/.../NAME-features.xml", refusal(empty));
        Path without = archive("without.kar", Map.of("repository/a/b/1/b-1-features.xml",
            feature("b", "<bundle>mvn:a/c/1</bundle>").getBytes(StandardCharsets.UTF_8)));
        assertEquals(without + ": found no bundle mvn:a/c/1 in it; expected every one that its features name", refusal(without));
        assertEquals(shipped, everything());
    }

    @Test
    void cve20245187EntriesThatLeaveTheRepository() throws IOException {
        Map<String, String> shipped = everything();
        byte[] features = feature("b", "<bundle>mvn:/a/1</bundle>").getBytes(StandardCharsets.UTF_8);
        for (String list : List.of("repository/" + folder + "/b-features.xml", "repository/a/../../../b-features.xml", "repository/..\\b-features.xml")) {
            Path sly = archive("sly.kar", Map.of(list, features, "repository//a/1/a-1.jar", bundle("a", "")));
            String message = refusal(sly);
            assertTrue(message.startsWith(sly + ": found an entry repository/") && message.endsWith("; expected paths that stay in repository/"), message);
        }
        assertEquals(shipped, everything());
        assertTrue(Files.notExists(folder.resolve("b-features.xml")));
    }

    private String refusal(Path archive) {
        return assertThrows(IllegalArgumentException.class, () -> distribution.install(archive)).getMessage();
    }

    @Test
    void refusesToTakeOutWhatIsNotThere() throws IOException {
        for (String name : List.of("cuda", "../system", "")) {
            assertEquals("uninstall: found no " + name + "; expected nothing: no archive is installed",
                assertThrows(IllegalArgumentException.class, () -> distribution.uninstall(name)).getMessage());
        }
        distribution.install(gpu());
        assertEquals("uninstall: found no cuda; expected one of [gpu]",
            assertThrows(IllegalArgumentException.class, () -> distribution.uninstall("cuda")).getMessage());
    }

    @Test
    void aRunningProcessKeepsTheFileThatItHasOpen() throws IOException {
        distribution.install(engine());
        Path jar = home.resolve("system/io/halftone/plugin/1/plugin-1.jar");
        byte[] before = Files.readAllBytes(jar);
        try (var open = Files.newInputStream(jar)) {
            distribution.install(archive("engine-1.kar", Map.of("repository/io/halftone/engine/1/engine-1-features.xml",
                feature("engine", "<bundle>mvn:io.halftone/plugin/1</bundle>").getBytes(StandardCharsets.UTF_8),
                "repository/io/halftone/plugin/1/plugin-1.jar", bundle("plugin;x=y", ""))));
            assertArrayEquals(before, open.readAllBytes());
        }
        assertFalse(java.util.Arrays.equals(before, Files.readAllBytes(jar)));
    }
}
