package io.halftone.web.internal;

import com.fasterxml.jackson.databind.JsonNode;
import io.halftone.api.Halftone;
import io.halftone.api.JobException;
import io.halftone.shell.CommandCall;
import io.halftone.shell.Commands;
import io.halftone.web.internal.Route.Answer;
import io.halftone.web.internal.Route.Request;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;

/** What the API answers: its routes, which openapi.json describes. */
final class Api {
    private static final int CREATED = 201;

    private final WebConsole console;
    private final Halftone halftone;
    private final Commands commands;
    private final Launches launches;
    private final JobViews views;
    private final Inventory inventory;
    private final PreviewPictures previews;

    Api(WebConsole console, Halftone halftone, Commands commands, Launches launches, JobViews views, Inventory inventory, PreviewPictures previews) {
        this.console = console;
        this.halftone = halftone;
        this.commands = commands;
        this.launches = launches;
        this.views = views;
        this.inventory = inventory;
        this.previews = previews;
    }

    /** All but the events and the login, which are servlets' work. */
    List<Route> routes() {
        return List.of(
            new Route("GET", "/session", request -> Answer.of(session())),
            new Route("GET", "/services", request -> Answer.of(inventory.now())),
            new Route("GET", "/plan", this::plan),
            new Route("GET", "/advice", this::advice),
            new Route("GET", "/doctor", request -> Answer.of(run("doctor", request.query()))),
            new Route("GET", "/jobs", request -> Answer.of(views.all())),
            new Route("GET", "/jobs/{id}", request -> Answer.of(views.of(id(request)).orElseThrow(() -> none("job", id(request))))),
            new Route("POST", "/jobs/{kind}", this::start),
            new Route("POST", "/jobs/{id}/cancel", this::cancel),
            new Route("GET", "/jobs/{id}/preview", request -> new Answer.Picture(PreviewPictures.png(previews.ask(id(request))
                .orElseThrow(() -> new NoSuchElementException("preview: found none of job " + id(request) + " yet; expected one after its next step"))))),
            new Route("GET", "/runs", request -> Answer.of(views.runs(console.runs()))),
            new Route("GET", "/runs/{name}", request -> Answer.of(views.run(console.runs(), request.path().get("name"))
                .orElseThrow(() -> none("run", request.path().get("name"))))),
            new Route("GET", "/runs/{name}/{file}", this::file),
            new Route("GET", "/openapi.json", request -> Answer.of(description())));
    }

    private Map<String, Object> session() {
        String version = Api.class.getPackage().getImplementationVersion();
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("tokenNeeded", console.access().needsToken());
        values.put("version", version == null ? "" : version);
        values.put("readOnly", console.settings().readOnly());
        return values;
    }

    private JsonNode run(String command, Map<String, String> query) throws IOException, InterruptedException, JobException {
        Map<String, List<String>> options = new TreeMap<>();
        query.forEach((name, value) -> options.put(name, List.of(value)));
        var readable = new ArrayList<>(console.settings().inputFolders());
        halftone.models().forEach(model -> readable.add(java.nio.file.Path.of(model.path())));
        var folders = new JobFolders(command, console.settings().runsFolder().resolve(".none"), console.runs(), readable);
        return Json.own(commands.run(new CommandCall(command, options, folders, job -> { })).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    /** What would be quantized, or why not: a form asks while it is filled in, and a refusal is an answer to it. */
    private Answer plan(Request request) throws IOException, InterruptedException, JobException {
        try {
            return Answer.of(run("plan", request.query()));
        } catch (IllegalArgumentException e) {
            return Answer.of(Map.of("refusal", ApiServlet.line(e)));
        }
    }

    private Answer advice(Request request) {
        String format = request.query().getOrDefault("format", "");
        var advice = halftone.advice(request.query().getOrDefault("model", ""), format.isEmpty() ? halftone.defaults().format() : format);
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("quant-algo", advice.algorithm());
        values.put("options", advice.options());
        values.put("collect-method", advice.collector());
        values.put("percentile", advice.percentile());
        values.put("calib-size", advice.calibSize());
        values.put("batch-size", advice.batchSize());
        values.put("n-steps", advice.steps());
        return Answer.of(values);
    }

    private Answer start(Request request) throws IOException, InterruptedException, Launches.Busy {
        String kind = request.path().get("kind");
        if (!Launches.KINDS.contains(kind)) {
            throw new NoSuchElementException("job: found " + kind + "; expected one of " + String.join(", ", new java.util.TreeSet<>(Launches.KINDS)));
        }
        for (String name : (Iterable<String>) () -> request.body().fieldNames()) {
            if (!name.equals("options") && !name.equals("prompts")) {
                throw new IllegalArgumentException("body: found " + name + "; expected options and prompts");
            }
        }
        String id = launches.start(kind, options(request.body().path("options")), prompts(request.body().path("prompts")), console.settings());
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("id", id);
        values.put("run", launches.runOf(id).map(Launches.Run::name).orElse(null));
        return new Answer.Value(CREATED, values, Map.of("Location", JobViews.ROOT + "/jobs/" + id));
    }

    /** Lines of text. */
    private static List<String> prompts(JsonNode node) {
        if (!node.isArray() && !node.isMissingNode()) {
            throw new IllegalArgumentException("prompts: found no list; expected one of texts");
        }
        List<String> prompts = new ArrayList<>();
        for (JsonNode prompt : node) {
            if (!prompt.isTextual() || prompt.asText().isBlank() || prompt.asText().lines().count() > 1) {
                throw new IllegalArgumentException("prompts: found one that is no line of text; expected a line each");
            }
            prompts.add(prompt.asText().strip());
        }
        return prompts;
    }

    /** Texts, numbers and flags by name; lists of those where an option takes several. */
    private static Map<String, List<String>> options(JsonNode node) {
        if (!node.isObject() && !node.isMissingNode()) {
            throw new IllegalArgumentException("options: found no object; expected one");
        }
        Map<String, List<String>> options = new TreeMap<>();
        node.fields().forEachRemaining(option -> {
            List<String> values = new ArrayList<>();
            for (JsonNode value : option.getValue().isArray() ? option.getValue() : List.of(option.getValue())) {
                if (!value.isValueNode() || value.isNull()) {
                    throw new IllegalArgumentException(option.getKey() + ": found " + (value.isNull() ? "null" : "an object or a list")
                        + "; expected a text, a number, true or false");
                }
                values.add(value.asText());
            }
            options.put(option.getKey(), values);
        });
        return options;
    }

    private Answer cancel(Request request) throws IOException {
        String id = id(request);
        if (halftone.jobs().stream().noneMatch(job -> job.id().equals(id))) {
            throw none("job", id);
        }
        return Answer.of(views.of(halftone.cancel(id)));
    }

    private Answer file(Request request) throws IOException {
        String name = request.path().get("name");
        RunsFolder.RunFile file = console.runs().file(name, request.path().get("file"))
            .orElseThrow(() -> new NoSuchElementException("file: found none of that name in that run; expected one that the run lists"));
        return new Answer.Download(file.path(), FileType.of(file.name()), file.bytes());
    }

    private static JsonNode description() throws IOException {
        try (InputStream in = Api.class.getResourceAsStream("openapi.json")) {
            return Json.own(in.readAllBytes());
        }
    }

    private static String id(Request request) {
        return request.path().get("id");
    }

    private static NoSuchElementException none(String what, String name) {
        return new NoSuchElementException(what + ": found none called " + name + "; expected one that is listed");
    }
}
