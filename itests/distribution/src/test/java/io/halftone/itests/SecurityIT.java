package io.halftone.itests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.Assume;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What is refused before a JVM is started, what the console opens, and what its files may be read by. */
public class SecurityIT {
    private static final Path HOME = Path.of(System.getProperty("halftone.distribution")).toAbsolutePath().normalize();
    private static final List<String> SCRIPTS = List.of("halftone", "karaf", "start", "client", "shell", "stop", "status", "instance");
    private static final long LIMIT_NANOS = 120_000_000_000L;

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();
    private Path home;

    /** Scripts, configuration, data and a deploy folder of its own, with the modes of the archive; the rest of the one under test. */
    @Before
    public void distribution() throws IOException {
        home = folder.newFolder("home").toPath();
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
        mode(Files.createDirectory(home.resolve("deploy")), "rwxr-xr-x");
        mode(Files.createDirectory(home.resolve("data")), "rwxr-x---");
        mode(home.resolve("etc/users.properties"), "rw-------");
        mode(home.resolve("etc/keys.properties"), "rw-------");
    }

    private static void mode(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    private String refused(String script, List<String> environment) throws Exception {
        Launch launch = Launch.of(home, script, environment);
        launch.endsWith(2);
        assertEquals(script, "", launch.out());
        return launch.err();
    }

    @Test
    public void refusesFoldersThatEveryoneMayWriteTo() throws Exception {
        for (String part : List.of("deploy", "etc")) {
            mode(home.resolve(part), "rwxrwxrwx");
            for (String script : List.of("halftone", "karaf", "start")) {
                assertEquals(script + ": " + home.resolve(part) + ": found it writable for everyone; expected its owner or group alone: chmod -R o-w "
                    + home + "\n", refused(script, List.of()));
            }
            mode(home.resolve(part), "rwxrwxr-x");
        }
        Path plugin = Files.createFile(home.resolve("deploy/plugin.jar"));
        mode(plugin, "rw-rw-rw-");
        assertTrue(refused("halftone", List.of()).startsWith("halftone: " + plugin + ": found it writable for everyone;"));
        Files.delete(plugin);
        mode(home, "rwxrwxrwx");
        assertEquals("halftone: " + home + ": found it writable for everyone; expected its owner or group alone: chmod -R o-w " + home + "\n",
            refused("halftone", List.of()));
        mode(home, "rwxr-xr-x");
        mode(home.resolve("deploy"), "rwxrwxrwx");
        assertTrue("a script that starts nothing", ended("status") != 2);
    }

    /** Native libraries and bundles are unpacked there, and run. */
    @Test
    public void refusesADataFolderThatEveryoneMayWriteTo() throws Exception {
        Path own = folder.newFolder("own").toPath();
        for (Path data : List.of(own, home.resolve("data"))) {
            List<String> environment = List.of("HALFTONE_DATA=" + data, "KARAF_DATA=" + data);
            for (Path open : List.of(data, Files.createDirectory(data.resolve("native")))) {
                mode(open, "rwxrwxrwx");
                for (String script : List.of("halftone", "karaf")) {
                    assertEquals(script + ": " + open + ": found it writable for everyone; expected its owner or group alone: chmod -R o-w " + data + "\n",
                        refused(script, environment));
                }
                mode(open, "rwxr-xr-x");
            }
        }
    }

    /** An instance of Karaf's has settings elsewhere, and runs what lies in the distribution. */
    @Test
    public void refusesWhatEveryoneMayWriteToWhereAnInstanceLiesElsewhere() throws Exception {
        Path base = folder.newFolder("base").toPath();
        Path etc = folder.newFolder("settings").toPath();
        List<String> environment = List.of("KARAF_BASE=" + base, "KARAF_ETC=" + etc, "KARAF_DATA=" + base.resolve("data"));
        for (Path open : List.of(base, etc, Files.createFile(etc.resolve("jre.properties")), home.resolve("bin"))) {
            mode(open, "rwxrwxrwx");
            Path closed = open.startsWith(etc) ? etc : open.equals(base) ? base : home;
            assertEquals("karaf: " + open + ": found it writable for everyone; expected its owner or group alone: chmod -R o-w " + closed + "\n",
                refused("karaf", environment));
            mode(open, "rwxr-xr-x");
        }
    }

    @Test
    public void refusesAPasswordThatIsTheName() throws Exception {
        Path users = home.resolve("etc/users.properties");
        for (String line : List.of("karaf = karaf,_g_:admingroup", "karaf=karaf", "  admin:admin , admin")) {
            Files.writeString(users, line + "\n");
            String name = line.contains("admin:") ? "admin" : "karaf";
            for (String script : List.of("karaf", "start")) {
                assertEquals(script + ": " + users + ": found the password of " + name + " equal to the name; expected one that nobody guesses\n",
                    refused(script, List.of()));
            }
        }
    }

    @Test
    public void refusesTheKeyOfKarafsExamples() throws Exception {
        Path keys = home.resolve("etc/keys.properties");
        Files.writeString(keys, Files.readString(keys).replace("#karaf=", "karaf="));
        assertEquals("karaf: " + keys + ": found the key of Karaf's examples; expected one of your own\n", refused("karaf", List.of()));
    }

    @Test
    public void refusesPasswordsAndKeysThatEveryoneMayRead() throws Exception {
        Files.writeString(home.resolve("etc/users.properties"), "me = not easily guessed,_g_:admingroup\n");
        Path key = Files.writeString(home.resolve("etc/host.key"), "-----BEGIN PRIVATE KEY-----\n");
        mode(key, "rw-------");
        for (Path secret : List.of(home.resolve("etc/users.properties"), key)) {
            mode(secret, "rw-r--r--");
            assertEquals("karaf: " + secret + ": found it readable for everyone; expected its owner alone: chmod 600 " + secret + "\n",
                refused("karaf", List.of()));
            mode(secret, "rw-------");
        }
    }

    @Test
    public void refusesASecretOfAClusterThatEveryoneMayRead() throws Exception {
        for (String line : List.of("cfg:.secret = known to all members", "config:.secret=\"known to all members\"",
            "cfg.json:{\n  \".secret\": \"known to all members\"}")) {
            Path file = home.resolve("etc/io.halftone.cluster." + line.substring(0, line.indexOf(':')));
            Files.writeString(file, line.substring(line.indexOf(':') + 1) + "\n");
            mode(file, "rw-r--r--");
            for (String script : List.of("halftone", "karaf")) {
                assertEquals(script + ": " + file + ": found it readable for everyone; expected its owner alone: chmod 600 " + file + "\n",
                    refused(script, List.of()));
            }
            Files.delete(file);
        }
        Path open = Files.writeString(home.resolve("etc/io.halftone.cluster.cfg"), "clusterName = pictures\n# .secret = none yet\n");
        mode(open, "rw-r--r--");
        Launch.of(home, "halftone", List.of(), "--version").endsWith(0);
    }

    @Test
    public void everyScriptRefusesAJavaThatKarafCannotRunOn() throws Exception {
        Path java = Files.createDirectories(folder.getRoot().toPath().resolve("jdk-24/bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\nexit 3\n");
        mode(java, "rwxr-xr-x");
        Path jdk = java.getParent().getParent();
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"24\"\n");
        everyScriptRefuses(jdk, "24");
    }

    /** The real thing, where one is installed. */
    @Test
    public void everyScriptRefusesJdk25() throws Exception {
        List<Path> found;
        Path all = Path.of("/usr/lib/jvm");
        try (Stream<Path> jdks = Files.isDirectory(all) ? Files.list(all) : Stream.empty()) {
            found = jdks.filter(jdk -> jdk.getFileName().toString().contains("25") && Files.isExecutable(jdk.resolve("bin/java"))).toList();
        }
        Assume.assumeFalse("no JDK 25 in " + all, found.isEmpty());
        everyScriptRefuses(found.get(0), "25");
    }

    private void everyScriptRefuses(Path jdk, String major) throws Exception {
        for (String script : SCRIPTS) {
            String said = refused(script, List.of("JAVA_HOME=" + jdk));
            assertTrue(said, said.matches(script + ": java: found version " + major + "\\S* \\(" + jdk + "/bin/java\\); Karaf 4\\.4 runs on 17 to 23: "
                + "choose such a JDK with JAVA_HOME=/path/to/jdk-17\n"));
        }
    }

    @Test
    public void theArchiveLetsNobodyElseWriteOrReadWhatIsSecret() throws Exception {
        Process tar = new ProcessBuilder("tar", "tvzf", System.getProperty("halftone.archive")).start();
        Map<String, String> modes = new TreeMap<>();
        for (String line : new String(tar.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
            String path = line.substring(line.indexOf(" halftone-") + 1);
            modes.put(path.substring(path.indexOf('/') + 1), line.substring(0, 10));
        }
        assertEquals("one folder with the name of the archive", "drwxr-xr-x", modes.get(""));
        assertEquals(Set.of(), modes.entrySet().stream().filter(entry -> entry.getValue().charAt(8) == 'w').map(Map.Entry::getKey).collect(Collectors.toSet()));
        assertEquals("-rw-------", modes.get("etc/users.properties"));
        assertEquals("-rw-------", modes.get("etc/keys.properties"));
        assertEquals("drwxr-x---", modes.get("data/"));
        for (String script : SCRIPTS) {
            assertEquals(script, "-rwxr-xr-x", modes.get("bin/" + script));
        }
        assertEquals("", users(HOME.resolve("etc/users.properties")) + users(HOME.resolve("etc/keys.properties")));
    }

    /** The lines that give somebody a way in; a group is none. */
    private static String users(Path file) throws IOException {
        return Files.readAllLines(file).stream().filter(line -> !line.isBlank() && !line.startsWith("#") && !line.startsWith("_g_"))
            .collect(Collectors.joining("\n"));
    }

    @Test
    public void theConsoleOpensOnePortOnTheLoopbackAndKeepsWhatStopsItToItself() throws Exception {
        Launch console = Launch.of(home, "karaf", List.of("KARAF_DATA="), "server");
        try {
            Path log = home.resolve("data/log/karaf.log");
            long end = System.nanoTime() + LIMIT_NANOS;
            while (console.isAlive() && System.nanoTime() < end && !(Files.exists(log)
                && Files.readString(log).contains("commands for bundle io.halftone.shell"))) {
                Thread.sleep(100);
            }
            long pid = Long.parseLong(Files.readString(home.resolve("karaf.pid")).strip());
            List<String> addresses = Sockets.listening(pid);
            assertEquals("the port for bin/stop, and neither SSH nor JMX: " + addresses, 1, addresses.size());
            assertTrue(addresses.toString(), addresses.get(0).matches(Sockets.LOOPBACK));
            Path stop = home.resolve("etc/shutdown.properties");
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(stop)));
            String word = Files.readString(stop).strip().substring("karaf.shutdown.command=".length());
            assertTrue(word, word.matches("[0-9a-f]{32}"));
            assertFalse(Files.readString(home.resolve("etc/config.properties")).contains("karaf.shutdown.command"));
            assertFalse("no key without SSH", Files.exists(home.resolve("etc/host.key")));
            assertEquals("rwxr-x---", PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("data"))));
        } finally {
            if (console.isAlive()) {
                ended("stop");
            }
        }
        console.endsWith(0);
    }

    private int ended(String script) throws Exception {
        return new ProcessBuilder(home.resolve("bin").resolve(script).toString()).redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
    }
}
