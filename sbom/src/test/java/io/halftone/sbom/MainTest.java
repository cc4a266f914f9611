package io.halftone.sbom;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.cyclonedx.Version;
import org.cyclonedx.model.Bom;
import org.cyclonedx.model.Component;
import org.cyclonedx.parsers.JsonParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
    @TempDir
    private Path folder;

    private Path jar(String path, String license, String pom) throws IOException {
        Path file = folder.resolve("home").resolve(path);
        Files.createDirectories(file.getParent());
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        if (!license.isEmpty()) {
            manifest.getMainAttributes().putValue("Bundle-License", license);
        }
        try (OutputStream out = Files.newOutputStream(file); JarOutputStream jar = new JarOutputStream(out, manifest)) {
            if (!pom.isEmpty()) {
                jar.putNextEntry(new JarEntry("META-INF/maven/g/a/pom.properties"));
                jar.write(pom.getBytes(StandardCharsets.UTF_8));
            }
        }
        return file;
    }

    private Path run(String facts) throws Exception {
        Path file = Files.writeString(folder.resolve("facts.properties"), facts);
        Path out = folder.resolve("sbom.json");
        Main.main(new String[] {folder.resolve("home").toString(), file.toString(), "1.2.3", "2026-01-01T00:00:00Z", out.toString()});
        return out;
    }

    @Test
    void namesEveryJarByItsPlaceOrItsPom() throws Exception {
        jar("system/org/example/one/1.0/one-1.0.jar", "https://www.apache.org/licenses/LICENSE-2.0.txt", "");
        jar("lib/boot/two-2.0.jar", "BSD-3-Clause", "groupId=org.example.two\nartifactId=two\nversion=2.0\n");
        Path out = run("parts.one = org.other:inner:3:linux-x86_64=MIT, org.other:more:4=Apache-2.0 AND MIT\n");
        assertEquals(List.of(), new JsonParser().validate(out.toFile(), Version.VERSION_16));
        Bom bom = new JsonParser().parse(out.toFile());
        assertEquals(List.of("pkg:maven/org.example.two/two@2.0?type=jar", "pkg:maven/org.example/one@1.0?type=jar"),
            bom.getComponents().stream().map(Component::getPurl).toList());
        assertEquals(List.of("BSD-3-Clause", "Apache-2.0"), bom.getComponents().stream().map(c -> c.getLicenses().getExpression().getValue()).toList());
        assertEquals(List.of("pkg:maven/org.other/inner@3?classifier=linux-x86_64&type=jar", "pkg:maven/org.other/more@4?type=jar"),
            bom.getComponents().get(1).getComponents().stream().map(Component::getPurl).toList());
        assertEquals("1.2.3", bom.getMetadata().getComponent().getVersion());
    }

    @Test
    void givesTheSameBytesForTheSameFolder() throws Exception {
        jar("system/org/example/one/1.0/one-1.0.jar", "MIT", "");
        byte[] first = Files.readAllBytes(run(""));
        assertArrayEquals(first, Files.readAllBytes(run("")));
    }

    @Test
    void refusesALicenceThatNobodyHasLookedAt() throws Exception {
        jar("system/org/example/one/1.0/one-1.0.jar", "Terms of Mine", "");
        assertEquals("system/org/example/one/1.0/one-1.0.jar: found the licence \"Terms of Mine\"; expected one that is known, or a line license.org.example = ...",
            assertThrows(IllegalArgumentException.class, () -> run("")).getMessage());
        run("license.org.example = MIT\n");
    }

    @Test
    void refusesAJarThatDoesNotSayWhatItIs() throws Exception {
        jar("lib/nameless.jar", "MIT", "groupId=g\nartifactId=a\nversion=1\n");
        assertEquals("lib/nameless.jar: found no pom.properties of its own; expected one, or a path in system/",
            assertThrows(IllegalArgumentException.class, () -> run("")).getMessage());
    }
}
