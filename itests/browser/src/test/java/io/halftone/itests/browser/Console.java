package io.halftone.itests.browser;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The distribution with the web console in it, as a process in a folder of its own. */
final class Console implements AutoCloseable {
    /** The optimizing compiler and a parallel collector would cost more than they save. */
    static final String SHORT_LIFE = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

    private static final long LIMIT_SECONDS = 120;

    private final Process process;
    private final Path base;
    private final int port;

    private Console(Process process, Path base, int port) {
        this.process = process;
        this.base = base;
        this.port = port;
    }

    /** Starts it with an empty folder of runs, and waits until it answers. */
    static Console start(Path home, Path base, Path natives) throws IOException, InterruptedException {
        copy(home.resolve("etc"), base.resolve("etc"));
        Files.createDirectories(base.resolve("deploy"));
        Files.createDirectories(base.resolve("data"));
        int port = freePort();
        edit(base.resolve("etc/org.apache.karaf.features.cfg"), "featuresBoot", ",halftone-web");
        edit(base.resolve("etc/system.properties"), "org.bytedeco.javacpp.cachedir", natives.toString());
        Files.writeString(base.resolve("etc/io.halftone.web.cfg"), "port = " + port + "\nrunsFolder = " + base.resolve("runs") + "\n");
        ProcessBuilder builder = new ProcessBuilder(home.resolve("bin/karaf").toString(), "server")
            .redirectErrorStream(true).redirectOutput(base.resolve("console.log").toFile());
        builder.environment().put("KARAF_BASE", base.toString());
        builder.environment().put("CHECK_ROOT_INSTANCE_RUNNING", "false");   // another may run from the same distribution
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("EXTRA_JAVA_OPTS", SHORT_LIFE);
        Console console = new Console(builder.start(), base, port);
        try {
            console.awaitAnswer();
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            console.close();
            throw e;
        }
        return console;
    }

    /** Where its page is. */
    String address() {
        return "http://127.0.0.1:" + port + "/halftone/";
    }

    /** Where plugins are deployed from. */
    Path deploy() {
        return base.resolve("deploy");
    }

    /** Where jobs leave what they make. */
    Path runs() {
        return base.resolve("runs");
    }

    /** What it wrote to its streams. */
    String log() throws IOException {
        return Files.readString(base.resolve("console.log"));
    }

    @Override
    public void close() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        children.forEach(ProcessHandle::destroy);
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        children.stream().filter(ProcessHandle::isAlive).forEach(ProcessHandle::destroyForcibly);
    }

    private void awaitAnswer() throws IOException, InterruptedException {
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(URI.create(address() + "api/v1/services")).timeout(Duration.ofSeconds(5)).build();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        String last = "nothing";
        while (process.isAlive() && System.nanoTime() < end) {
            try {
                HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() == 200) {
                    return;
                }
                last = "status " + answer.statusCode();
            } catch (IOException e) {
                last = e.toString();
            }
            Thread.sleep(200);
        }
        throw new IllegalStateException(request.uri() + ": found " + last + "; expected an answer within " + LIMIT_SECONDS + " s; it said: " + log());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void edit(Path file, String key, String value) throws IOException {
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            properties.load(in);
        }
        properties.setProperty(key, value.startsWith(",") ? properties.getProperty(key) + value : value);
        try (OutputStream out = Files.newOutputStream(file)) {
            properties.store(out, null);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }
}
