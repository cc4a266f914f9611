package io.halftone.itests;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.After;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** {@code bin/halftone web} as a process, from outside. */
public class WebIT {
    private static final Path HOME = Path.of(System.getProperty("halftone.distribution")).toAbsolutePath().normalize();
    private static final ObjectMapper JSON = new ObjectMapper();

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final HttpClient client = HttpClient.newHttpClient();
    private final List<PluginJar> dropped = Dots.others();
    private Launch web;
    private URI site;

    @After
    public void stop() throws Exception {
        for (PluginJar jar : dropped) {
            Files.deleteIfExists(jar.file(HOME.resolve("deploy")));
        }
        if (web != null && web.isAlive()) {
            web.kill();
        }
    }

    @Test
    public void servesJobsEventsAndPluginsOnTheLoopbackAlone() throws Exception {
        Path runs = folder.newFolder("runs").toPath();
        web = Launch.of(HOME, List.of(), "web", "--port", "0", "--runs", runs.toString());
        for (int i = 0; web.out().isEmpty() && web.isAlive() && i < 1200; i++) {
            Thread.sleep(50);
        }
        assertTrue(web.err() + web.out(), web.out().matches("http://127\\.0\\.0\\.1:\\d+/halftone/\n"));
        site = URI.create(web.out().strip());

        assertTrue(get("").body().startsWith("<!DOCTYPE html>"));
        assertEquals(403, send(request("api/v1/jobs").build(), "evil.example"));
        onlyOnTheLoopback();

        try (BufferedReader events = events()) {
            assertEquals(List.of("tiny-flux", "tiny-sd21", "tiny-sd3", "tiny-sdxl"),
                next(events, "plugins", any -> true).path("models").findValuesAsText("name"));
            String id = startsAJob();
            next(events, "preview", preview -> preview.path("id").asText().equals(id));
            next(events, "job", job -> job.path("id").asText().equals(id) && job.path("state").asText().equals("done"));
            givesTheBytesOfTheShell(runs);

            Files.createDirectories(HOME.resolve("data"));
            for (PluginJar jar : dropped) {
                jar.drop(HOME.resolve("deploy"));
            }
            next(events, "plugins", plugins -> texts(plugins.path("formats")).contains("int7"));
            assertTrue(texts(json(get("api/v1/services")).path("formats")).contains("int7"));
        }

        web.interrupt();
        web.endsWith(130);
    }

    private String startsAJob() throws Exception {
        HttpResponse<String> started = client.send(request("api/v1/jobs/quantize").header("Content-Type", "application/json").header("X-Halftone", "1")
            .POST(HttpRequest.BodyPublishers.ofString("{\"options\": {\"model\": \"tiny-sd21\", \"calib-size\": 2, \"n-steps\": 4, \"seed\": 3, "
                + "\"quant-level\": \"2.5\", \"quantized-torch-ckpt-save-path\": \"q.safetensors\"}}")).build(), BodyHandlers.ofString());
        assertEquals(started.body(), 201, started.statusCode());
        return json(started).path("id").asText();
    }

    private void givesTheBytesOfTheShell(Path runs) throws Exception {
        Path expected = folder.getRoot().toPath().resolve("q.safetensors");
        Launch shell = Launch.of(HOME, List.of(), "quantize", "--model", "tiny-sd21", "--calib-size", "2", "--n-steps", "4", "--seed", "3",
            "--quant-level", "2.5", "--quantized-torch-ckpt-save-path", expected.toString());
        shell.endsWith(0);
        JsonNode run = json(get("api/v1/runs")).path(0);
        assertArrayEquals(Files.readAllBytes(expected), Files.readAllBytes(runs.resolve(run.path("name").asText()).resolve("q.safetensors")));
        URI file = site.resolve(run.path("files").path(0).path("href").asText());
        HttpResponse<byte[]> served = client.send(HttpRequest.newBuilder(file).build(), BodyHandlers.ofByteArray());
        assertEquals(200, served.statusCode());
    }

    /** Every other address of this machine refuses. */
    private void onlyOnTheLoopback() throws IOException {
        Set<String> reached = new TreeSet<>();
        for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            for (InetAddress address : Collections.list(each.getInetAddresses())) {
                try (Socket socket = new Socket()) {
                    socket.connect(new InetSocketAddress(address, site.getPort()), 500);
                    reached.add(address.getHostAddress());
                } catch (IOException e) {
                    assertFalse(address.getHostAddress(), address.getHostAddress().equals("127.0.0.1"));
                }
            }
        }
        assertEquals(Set.of("127.0.0.1"), reached);
    }

    /** The status of a request that names another host; a client of the JDK would not. */
    private int send(HttpRequest request, String host) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", site.getPort())) {
            socket.getOutputStream().write(("GET " + request.uri().getPath() + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
            return Integer.parseInt(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8).split(" ")[1]);
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(site.resolve(path));
    }

    private HttpResponse<String> get(String path) throws Exception {
        HttpResponse<String> response = client.send(request(path).build(), BodyHandlers.ofString());
        assertEquals(response.body(), 200, response.statusCode());
        return response;
    }

    private BufferedReader events() throws Exception {
        HttpResponse<InputStream> response = client.send(request("api/v1/events").build(), BodyHandlers.ofInputStream());
        assertEquals(200, response.statusCode());
        return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    private static JsonNode next(BufferedReader events, String kind, Predicate<JsonNode> wanted) throws IOException {
        for (String line = events.readLine(); line != null; line = events.readLine()) {
            if (line.equals("event: " + kind)) {
                JsonNode data = JSON.readTree(events.readLine().substring("data: ".length()));
                if (wanted.test(data)) {
                    return data;
                }
            }
        }
        throw new AssertionError(kind + ": found the end of the events; expected one more");
    }

    private static JsonNode json(HttpResponse<String> response) throws IOException {
        return JSON.readTree(response.body());
    }

    private static List<String> texts(JsonNode list) {
        return JSON.convertValue(list, JSON.getTypeFactory().constructCollectionType(List.class, String.class));
    }
}
