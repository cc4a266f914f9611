package io.halftone.sbom;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * One jar of a distribution.
 *
 * @param path     in the distribution, with slashes
 * @param group    Maven's groupId
 * @param artifact Maven's artifactId
 * @param version  Maven's version
 * @param sha256   of the file, 64 hexadecimal digits
 * @param license  what the jar says of itself, not normalized; empty where it says nothing
 */
record Library(String path, String group, String artifact, String version, String sha256, String license) {
    private static final int CHUNK = 1 << 16;

    /**
     * Looks at a jar.
     *
     * @throws IllegalArgumentException if it does not say which artifact it is
     */
    static Library of(Path home, Path jar) throws IOException {
        String path = home.relativize(jar).toString().replace('\\', '/');
        String license;
        Optional<Properties> coordinates;
        try (JarFile file = new JarFile(jar.toFile(), false)) {
            license = file.getManifest() == null ? "" : String.valueOf(file.getManifest().getMainAttributes().getOrDefault(
                new java.util.jar.Attributes.Name("Bundle-License"), ""));
            coordinates = path.startsWith("system/") ? Optional.empty() : pom(file, jar.getFileName().toString());
        }
        if (path.startsWith("system/")) {
            // group/artifact/version/file
            String[] parts = path.split("/");
            String group = String.join(".", List.of(parts).subList(1, parts.length - 3));
            return new Library(path, group, parts[parts.length - 3], parts[parts.length - 2], sha256(jar), license);
        }
        Properties pom = coordinates.orElseThrow(() -> new IllegalArgumentException(path
            + ": found no pom.properties of its own; expected one, or a path in system/"));
        return new Library(path, pom.getProperty("groupId"), pom.getProperty("artifactId"), pom.getProperty("version"), sha256(jar), license);
    }

    /** Of the poms in a jar, which can hold others, the one that the file is named for. */
    private static Optional<Properties> pom(JarFile file, String name) throws IOException {
        List<Properties> named = new ArrayList<>();
        for (JarEntry entry : Collections.list(file.entries())) {
            if (entry.getName().startsWith("META-INF/maven/") && entry.getName().endsWith("/pom.properties")) {
                Properties pom = new Properties();
                try (InputStream in = file.getInputStream(entry)) {
                    pom.load(in);
                }
                if (name.equals(pom.getProperty("artifactId") + "-" + pom.getProperty("version") + ".jar")) {
                    named.add(pom);
                }
            }
        }
        return named.stream().findFirst();
    }

    private static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] chunk = new byte[CHUNK];
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                digest.update(chunk, 0, n);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256: every JDK has it", e);
        }
    }
}
