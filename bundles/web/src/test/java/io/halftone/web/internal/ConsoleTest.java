package io.halftone.web.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.halftone.api.Job;
import io.halftone.api.PluginInfo;
import io.halftone.api.Preview;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The console over HTTP. */
@Timeout(30)
class ConsoleTest {
    private static final String API = "/api/v1";

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
        fakes.end.countDown();
        site.close();
    }

    private JsonNode awaitRun(String state) throws Exception {
        for (;;) {
            JsonNode run = Site.json(site.get(API + "/runs")).path(0);
            if (run.path("state").asText().equals(state)) {
                return run;
            }
            Thread.sleep(5);
        }
    }

    @Test
    void startsAJobInAFolderOfItsOwnAndRecordsWhatBecomesOfIt() throws Exception {
        site(Map.of());
        HttpResponse<String> response = site.post(API + "/jobs/quantize", "{\"options\": {\"model\": \"tiny\", \"calib-size\": 2, \"leave-loras\": true, "
            + "\"lora\": [\"a\", \"b\"], \"save\": \"q.safetensors\"}, \"prompts\": [\"a fox\", \" a hen \"]}");

        assertEquals(201, response.statusCode(), response.body());
        assertEquals("/halftone/api/v1/jobs/quantize-1", response.headers().firstValue("Location").orElseThrow());
        assertEquals(Map.of("model", List.of("tiny"), "calib-size", List.of("2"), "leave-loras", List.of("true"), "lora", List.of("a", "b"), "save",
            List.of("q.safetensors"), "prompts-file", List.of("prompts.txt")), fakes.calls.get(0).options());
        assertEquals("running", awaitRun("running").path("state").asText());
        JsonNode job = Site.json(site.get(API + "/jobs/quantize-1"));
        assertEquals(List.of("calibrate", "1", "4", "step"), List.of(job.at("/progress/stage").asText(), job.at("/progress/done").asText(),
            job.at("/progress/total").asText(), job.at("/progress/unit").asText()));
        assertEquals(List.of(2.0, 6.0), List.of(job.path("stageSeconds").asDouble(), job.path("remainingSeconds").asDouble()));

        fakes.end.countDown();
        JsonNode run = awaitRun("done");
        assertEquals("quantize-1", run.path("id").asText());
        assertEquals("tiny", run.path("subject").asText());
        assertEquals(1.5, run.at("/result/seconds").asDouble(), 0);
        assertEquals(List.of("prompts.txt", "q.safetensors"), run.path("files").findValuesAsText("name"));
        assertEquals("a fox\na hen\n", site.get(run.at("/files/0/href").asText().substring("/halftone".length())).body());
        assertEquals(List.of("prompts.txt", "q.safetensors"), Site.json(site.get(API + "/jobs")).path(0).path("outputs").findValuesAsText("name"));
    }

    @Test
    void leavesNothingOfAJobThatIsRefused() throws Exception {
        site(Map.of());
        HttpResponse<String> response = site.post(API + "/jobs/quantize", "{\"options\": {\"save\": \"q\"}, \"prompts\": [\"a\"]}");

        assertEquals(400, response.statusCode());
        assertEquals("{\"error\":\"model: found none; expected one\"}", response.body());
        assertEquals(0, Files.list(folder.resolve("runs")).count());
        assertEquals("[]", site.get(API + "/runs").body());
    }

    @Test
    void cancelsAJob() throws Exception {
        site(Map.of());
        site.post(API + "/jobs/quantize", "{\"options\": {\"model\": \"tiny\"}}");

        assertEquals(200, site.post(API + "/jobs/quantize-1/cancel", "").statusCode());
        awaitRun("cancelled");
    }

    @Test
    void tellsBrowsersToTrustNobodyElse() throws Exception {
        site(Map.of());
        for (String path : List.of("/", API + "/jobs", API + "/nothing")) {
            var headers = site.get(path).headers();
            assertTrue(headers.firstValue("Content-Security-Policy").orElseThrow().startsWith("default-src 'self'; "), path);
            assertTrue(headers.firstValue("Content-Security-Policy").orElseThrow().contains("frame-ancestors 'none'"), path);
            assertEquals("nosniff", headers.firstValue("X-Content-Type-Options").orElseThrow());
            assertEquals("no-referrer", headers.firstValue("Referrer-Policy").orElseThrow());
        }
        assertEquals("text/html;charset=utf-8", site.get("/").headers().firstValue("Content-Type").orElseThrow().replace(" ", "").toLowerCase());
    }

    @Test
    void aStreamIsNotBegunForItsHeadAlone() throws Exception {
        site(Map.of());
        assertEquals(405, site.head(API + "/events").statusCode());
        assertEquals(200, site.head(API + "/jobs").statusCode());
    }

    @Test
    void saysThatATextIsTooLong() throws Exception {
        site(Map.of());
        assertEquals("{\"error\":\"body: found an object too deep, or a text too long, line 1; expected a depth of 8 and 262144 characters at most\"}",
            site.post(API + "/jobs/quantize", "{\"options\": {\"a\": \"" + "x".repeat(300_000) + "\"}}").body());
    }

    @Test
    void saysInALineThatNothingCanBeWritten() throws Exception {
        site(Map.of("runsFolder", Files.createFile(folder.resolve("file")).resolve("runs").toString()));
        HttpResponse<String> fault = site.post(API + "/jobs/quantize", "{\"options\": {\"model\": \"tiny\"}}");
        assertEquals(500, fault.statusCode());
        assertEquals("{\"error\":\"server: found a fault; the log has it\"}", fault.body());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "[]                                  | 400", "{                                   | 400", "{\"options\": 1}      | 400",
        "{\"x\": {}}                         | 400", "{\"options\": {\"a\": {}}}          | 400", "{\"options\": {\"a\": [[]]}} | 400",
        "{\"options\": {}, \"options\": {}}  | 400", "{\"options\": {\"a\": null}}        | 400", "{} {}                | 400",
        "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}}}}} | 400"})
    void refusesBodiesThatAreNotWhatTheyShouldBe(String body, int status) throws Exception {
        site(Map.of());
        HttpResponse<String> response = site.post(API + "/jobs/quantize", body);
        assertEquals(status, response.statusCode());
        assertEquals(Set.of("error"), Set.copyOf(iterable(Site.json(response))));
        assertEquals(List.of(), fakes.calls);
    }

    @Test
    void refusesBodiesThatAreTooLong() throws Exception {
        site(Map.of());
        assertEquals(413, site.post(API + "/jobs/quantize", "{\"options\": {\"a\": \"" + "x".repeat(1 << 20) + "\"}}").statusCode());
    }

    @Test
    void startsNothingWhereItIsForReadingOnly() throws Exception {
        site(Map.of("readOnly", "true"));
        assertEquals(403, site.post(API + "/jobs/quantize", "{\"options\": {\"model\": \"tiny\"}}").statusCode());
        assertEquals(List.of(), fakes.calls);
    }

    @Test
    void saysWhyAPlanIsRefused() throws Exception {
        site(Map.of());
        assertEquals("{\"share\":0.5}", site.get(API + "/plan?model=tiny&quant-level=").body());
        assertEquals(Map.of("model", List.of("tiny")), fakes.calls.get(0).options());
        assertEquals("{\"refusal\":\"options: found level; expected some of quant-level\"}", site.get(API + "/plan?level=3").body());
    }

    @Test
    void tellsOfJobsPluginsAndPreviewsAsTheyCome() throws Exception {
        site(Map.of());
        fakes.set("generate-1", Job.State.DONE);
        try (var events = new BufferedReader(new InputStreamReader(site.stream(API + "/events").body(), StandardCharsets.UTF_8))) {
            assertEquals(List.of("int8"), texts(next(events, "plugins").path("formats")));
            assertEquals("generate-1", next(events, "job").path("id").asText());

            fakes.set("quantize-2", Job.State.RUNNING);
            assertEquals("running", next(events, "job").path("state").asText());

            fakes.previews.put("quantize-2", new Preview(1, 3, 4, 2, 1, new byte[] {1, 2, 3, 4, 5, 6}));
            JsonNode preview = next(events, "preview");
            assertEquals("3 of 4", preview.path("step").asText() + " of " + preview.path("steps").asText());
            assertEquals(200, site.get(preview.path("href").asText().substring("/halftone".length())).statusCode());

            fakes.plugins.add(new PluginInfo("format", List.of("int7"), "example", "1.0.0"));
            assertEquals(List.of("int7", "int8"), texts(next(events, "plugins").path("formats")));
            assertEquals(List.of("int7", "int8"), texts(Site.json(site.get(API + "/services")).path("formats")));
        }
    }

    @Test
    void wishesForNoPreviewWhereNobodyWatches() throws Exception {
        site(Map.of());
        site.post(API + "/jobs/quantize", "{\"options\": {\"model\": \"tiny\"}}");
        site.get(API + "/jobs");
        site.get(API + "/services");
        assertEquals(List.of(), fakes.wishes);
        assertEquals(404, site.get(API + "/jobs/quantize-1/preview").statusCode());
        assertEquals(List.of("quantize-1"), fakes.wishes);
    }

    @Test
    void describesEveryRouteAndNoOther() throws Exception {
        site(Map.of());
        Set<String> expected = new TreeSet<>(Set.of("POST /login", "GET /events"));
        new Api(null, null, null, null, null, null, null).routes().forEach(route -> expected.add(route.method() + " " + route.template()));
        Set<String> found = new TreeSet<>();
        JsonNode description = Site.json(site.get(API + "/openapi.json"));
        description.path("paths").fields().forEachRemaining(path -> path.getValue().fieldNames()
            .forEachRemaining(method -> found.add(method.toUpperCase() + " " + path.getKey())));
        assertEquals(expected, found);
        for (JsonNode reference : description.findValues("$ref")) {
            assertFalse(description.at(reference.asText().substring(1)).isMissingNode(), reference.asText());
        }
    }

    @Test
    void answersInALineWhateverIsAsked() throws Exception {
        site(Map.of());
        assertEquals("{\"error\":\"path: found nothing of that name; expected one of openapi.json\"}", site.get(API + "/nothing").body());
        assertEquals("{\"error\":\"job: found none called x; expected one that is listed\"}", site.get(API + "/jobs/x").body());
        assertEquals(405, site.post(API + "/doctor", "{}").statusCode());
        assertEquals("{\"error\":\"job: found rm; expected one of auto, benchmark, build, compare, evaluate, export, generate, quantize\"}",
            site.post(API + "/jobs/rm", "{}").body());
        HttpResponse<String> fault = site.get(API + "/advice?model=tiny");   // the service here has none
        assertEquals(500, fault.statusCode());
        assertEquals("{\"error\":\"server: found a fault; the log has it\"}", fault.body());
    }

    private static JsonNode next(BufferedReader events, String kind) throws Exception {
        for (String line = events.readLine();; line = events.readLine()) {
            if (line.equals("event: " + kind)) {
                return Json.own(events.readLine().substring("data: ".length()).getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new java.util.ArrayList<>();
        list.forEach(each -> texts.add(each.asText()));
        return texts;
    }

    private static List<String> iterable(JsonNode node) {
        List<String> names = new java.util.ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
