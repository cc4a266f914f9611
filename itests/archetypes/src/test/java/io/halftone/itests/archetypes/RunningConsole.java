package io.halftone.itests.archetypes;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.session.ClientSession;

/** A distribution whose console stays, set up for SSH as docs/distributions.md has it, and commands in it. */
final class RunningConsole implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final long POLL_MILLIS = 200;
    private static final String USER = "tester";
    private static final String PASSWORD = "of this test";

    private final Path home;
    private final int port;
    private final Command server;
    private final SshClient client = SshClient.setUpDefaultClient();

    /**
     * What came of a command.
     *
     * @param said on standard output and standard error
     */
    record Answer(int status, String said) {}

    private RunningConsole(Path home, int port, Command server) {
        this.home = home;
        this.port = port;
        this.server = server;
        client.setServerKeyVerifier((session, address, key) -> true);
        client.start();
    }

    /**
     * Starts it, and waits until it takes commands.
     *
     * @param repository the local Maven repository that it takes features from, besides its own
     */
    static RunningConsole start(Path home, Path repository) throws IOException, InterruptedException {
        Path etc = home.resolve("etc");
        int port = freePort();
        Path users = etc.resolve("users.properties");
        Files.writeString(users, "\n" + USER + " = " + PASSWORD + ",_g_:admingroup\n", StandardOpenOption.APPEND);
        Files.setPosixFilePermissions(users, PosixFilePermissions.fromString("rw-------"));
        replace(etc.resolve("org.apache.karaf.shell.cfg"), "(?m)^sshPort *=.*$", "sshPort = " + port);
        replace(etc.resolve("org.apache.karaf.features.cfg"), "(?m)^featuresBoot *= *\\\\$", "featuresBoot = \\\\\n    ssh, \\\\");
        Files.writeString(etc.resolve("org.ops4j.pax.url.mvn.cfg"), "\norg.ops4j.pax.url.mvn.localRepository = " + repository + "\n",
            StandardOpenOption.APPEND);
        Command server = script(home, "karaf", "server");
        RunningConsole console = new RunningConsole(home, port, server);
        try {
            console.await("halftone:plugins --json", said -> said.startsWith("{\"plugins\":["));
            return console;
        } catch (InterruptedException | AssertionError e) {
            server.process().descendants().forEach(ProcessHandle::destroy);
            server.process().destroy();
            throw e;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static void replace(Path file, String pattern, String replacement) throws IOException {
        String before = Files.readString(file);
        String after = before.replaceFirst(pattern, replacement);
        if (after.equals(before)) {
            throw new AssertionError(file + ": found nothing like " + pattern);
        }
        Files.writeString(file, after);
    }

    private static Command script(Path home, String... line) throws IOException {
        line[0] = home.resolve("bin").resolve(line[0]).toString();
        return Command.start(home, Map.of("JAVA_HOME", System.getProperty("java.home"), "KARAF_DATA", home.resolve("data").toString(),
            "EXTRA_JAVA_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"), List.of(line));
    }

    /** Runs a command. */
    Answer ask(String line) throws IOException {
        try (ClientSession session = client.connect(USER, "127.0.0.1", port).verify(LIMIT).getSession()) {
            session.addPasswordIdentity(PASSWORD);
            session.auth().verify(LIMIT);
            ByteArrayOutputStream said = new ByteArrayOutputStream();
            ChannelExec channel = session.createExecChannel(line);
            channel.setOut(said);
            channel.setErr(said);
            channel.open().verify(LIMIT);
            if (channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), LIMIT).contains(ClientChannelEvent.TIMEOUT)) {
                throw new AssertionError(line + ": found it running after " + LIMIT + ", having said: " + said.toString(StandardCharsets.UTF_8));
            }
            return new Answer(channel.getExitStatus(), said.toString(StandardCharsets.UTF_8));
        }
    }

    /** Runs a command that succeeds, and returns what it said. */
    String run(String line) throws IOException {
        Answer answer = ask(line);
        if (answer.status() != 0) {
            throw new AssertionError(line + ": found status " + answer.status() + "; expected 0: " + answer.said());
        }
        return answer.said();
    }

    /** Runs a command until it says what is waited for. */
    String await(String line, Predicate<String> expected) throws IOException, InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        String said = "";
        while (server.process().isAlive() && System.nanoTime() < end) {
            try {
                said = ask(line).said();
                if (expected.test(said)) {
                    return said;
                }
            } catch (IOException e) {
                said = e.toString();   // SSH is not there yet
            }
            Thread.sleep(POLL_MILLIS);
        }
        throw new AssertionError(line + ": found " + said + " after " + LIMIT + (server.process().isAlive() ? "" : ", and the console ended"));
    }

    @Override
    public void close() throws IOException, InterruptedException {
        client.stop();
        if (server.process().isAlive()) {
            script(home, "stop").succeeds();
        }
        server.succeeds();
    }
}
