package io.halftone.web.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which files of the runs are served, and how. */
@Timeout(30)
class RunFilesTest {
    private static final String API = "/api/v1";
    private static final String SECRET = "what nobody may read";

    @TempDir
    Path folder;

    private final Fakes fakes = new Fakes();
    private Site site;

    private Site site(Map<String, ?> properties) throws Exception {
        site = new Site(properties, folder.resolve("runs"), fakes.halftone, fakes);
        return site;
    }

    @AfterEach
    void stop() throws Exception {
        site.close();
    }

    @Test
    void saysThatARunWhoseProcessIsGoneWasInterrupted() throws Exception {
        site(Map.of());
        Path run = Files.createDirectories(folder.resolve("runs/20261123-120000-quantize"));
        RunsFolder.write(run, Map.of("kind", "quantize", "state", "running", "started", "2026-11-23T12:00:00Z"));

        assertEquals("interrupted", Site.json(site.get(API + "/runs/20261123-120000-quantize")).path("state").asText());
    }

    @Test
    void saysThatARunOfAnotherProcessRunsAsLongAsThatDoes() throws Exception {
        site(Map.of());
        Path run = Files.createDirectories(folder.resolve("runs/r"));
        Process other = new ProcessBuilder("sleep", "60").start();
        ProcessHandle.Info info = other.toHandle().info();
        try {
            RunsFolder.write(run, Map.of("kind", "quantize", "state", "running", "process", other.pid() + " " + info.startInstant().orElseThrow()));
            assertEquals("running", state());
            assertTrue(Site.json(site.get(API + "/runs/r")).path("process").isMissingNode());
        } finally {
            other.destroyForcibly().waitFor();
        }
        assertEquals("interrupted", state());
        String later = info.startInstant().orElseThrow().plusSeconds(1).toString();
        for (String process : List.of(ProcessHandle.current().pid() + " " + later, RunProcess.current(), "", "x y")) {
            RunsFolder.write(run, Map.of("kind", "quantize", "state", "running", "process", process));
            assertEquals("interrupted", state(), process);
        }
    }

    private String state() throws Exception {
        return Site.json(site.get(API + "/runs/r")).path("state").asText();
    }

    @ParameterizedTest
    @ValueSource(strings = {"runs/r/%2e%2e/secret", "runs/r/..%2fsecret", "runs/r/..%2Fsecret", "runs/%2e%2e/secret", "runs/r/link", "runs/r/linked/secret",
        "runs/r/.hidden", "runs/r//etc/passwd", "runs/r/%2fetc%2fpasswd", "runs/r/a%5c..%5csecret", "runs/r/a%00", "runs/r/d", "runs/r/", "runs/linked/secret",
        "runs/r/d/..;/..;/secret", "runs/other/secret", "runs/other", "runs/other/run.json",
        "runs/r/%252e%252e/secret", "../secret", "%2e%2e/%2e%2e/secret"})
    void servesNoFileOutsideOfARun(String path) throws Exception {
        site(Map.of());
        Path run = Files.createDirectories(folder.resolve("runs/r"));
        RunsFolder.write(run, Map.of("kind", "quantize", "state", "done"));
        Files.writeString(folder.resolve("secret"), SECRET);
        Files.writeString(run.resolve(".hidden"), SECRET);
        Files.writeString(run.resolve("shown"), SECRET);
        Files.writeString(Files.createDirectories(folder.resolve("runs/other")).resolve("secret"), SECRET);
        Files.createDirectories(folder.resolve("runs/other/run.json"));
        Files.createDirectories(run.resolve("d"));
        Files.createSymbolicLink(run.resolve("link"), folder.resolve("secret"));
        Files.createSymbolicLink(run.resolve("linked"), folder);
        Files.createSymbolicLink(folder.resolve("runs/linked"), folder);

        assertEquals(SECRET, body("runs/r/shown"), "what this looks for is found where it is served");
        String answer = answer(path);
        assertTrue(answer.matches("(?s)HTTP/1.1 (400|404) .*"), answer);
        assertFalse(answer.contains(SECRET), answer);
        assertFalse(answer.contains("root:"), answer);
        assertEquals(List.of("shown"), Site.json(site.get(API + "/runs/r")).path("files").findValuesAsText("name"));
        assertEquals(List.of("r"), Site.json(site.get(API + "/runs")).findValuesAsText("name").stream().filter(name -> !name.equals("shown")).toList());
    }

    private String body(String path) throws Exception {
        String answer = answer(path);
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }

    private String answer(String path) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", site.port()); OutputStream out = socket.getOutputStream()) {   // a client would mend the path
            out.write(("GET /halftone" + API + "/" + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void keepsAPageOfARunAway() throws Exception {
        site(Map.of());
        Path run = Files.createDirectories(folder.resolve("runs/r/sub"));
        RunsFolder.write(run.getParent(), Map.of("kind", "evaluate"));
        Files.writeString(run.resolve("report.html"), "<p>");
        Files.writeString(run.resolve("w.safetensors"), "x");

        var page = site.get(API + "/runs/r/sub/report.html");
        assertEquals("<p>", page.body());
        assertEquals("sandbox allow-scripts; default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; font-src data:; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'self'", page.headers().firstValue("Content-Security-Policy").orElseThrow());
        assertEquals(1, page.headers().allValues("Content-Security-Policy").size());
        assertEquals("attachment", site.get(API + "/runs/r/sub/w.safetensors").headers().firstValue("Content-Disposition").orElseThrow());
    }

    @Test
    void findsNoRunWhereThereAreNone() throws Exception {
        site(Map.of());
        HttpResponse<String> none = site.get(API + "/runs/r");
        assertEquals(404, none.statusCode());
        assertEquals("{\"error\":\"run: found none called r; expected one that is listed\"}", none.body());
        assertEquals("[]", site.get(API + "/runs").body());
    }
}
