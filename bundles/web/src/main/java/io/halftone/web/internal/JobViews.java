package io.halftone.web.internal;

import com.fasterxml.jackson.databind.JsonNode;
import io.halftone.api.Halftone;
import io.halftone.api.JobInfo;
import io.halftone.api.ProgressListener.Progress;
import io.halftone.web.internal.RunsFolder.RunFile;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Jobs and runs, as the API shows them. */
@Component(service = JobViews.class)
public final class JobViews {
    static final String ROOT = "/halftone" + ApiServlet.ROOT;

    private final Halftone halftone;
    private final Launches launches;
    private final PreviewPictures previews;

    @Activate
    public JobViews(@Reference Halftone halftone, @Reference Launches launches, @Reference PreviewPictures previews) {
        this.halftone = halftone;
        this.launches = launches;
        this.previews = previews;
    }

    List<Map<String, Object>> all() throws IOException {
        List<Map<String, Object>> all = new java.util.ArrayList<>();
        for (JobInfo job : halftone.jobs()) {
            all.add(of(job));
        }
        return all;
    }

    Optional<Map<String, Object>> of(String id) throws IOException {
        Optional<JobInfo> found = halftone.jobs().stream().filter(job -> job.id().equals(id)).findFirst();
        return found.isEmpty() ? Optional.empty() : Optional.of(of(found.get()));
    }

    Map<String, Object> of(JobInfo job) throws IOException {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("id", job.id());
        values.put("kind", job.kind());
        values.put("subject", job.subject());
        values.put("state", job.state().name().toLowerCase(Locale.ROOT));
        values.put("cancelling", job.cancelling());
        values.put("started", job.started().truncatedTo(ChronoUnit.MILLIS).toString());
        values.put("elapsedSeconds", seconds(job.elapsed()));
        values.put("stageSeconds", seconds(job.inStage()));
        values.put("remainingSeconds", job.remaining().map(JobViews::seconds).orElse(null));
        Progress progress = job.progress();
        Map<String, Object> its = new LinkedHashMap<>();
        its.put("stage", progress.stage());
        its.put("done", progress.done());
        its.put("total", progress.total());
        its.put("unit", progress.unit());
        values.put("progress", its);
        values.put("failure", job.failure());
        Optional<Launches.Run> run = launches.runOf(job.id());
        values.put("run", run.map(Launches.Run::name).orElse(null));
        values.put("outputs", job.isRunning() || run.isEmpty() ? List.of() : files(new RunsFolder(run.get().folder()), run.get().name()));
        values.put("preview", previews.has(job.id()) ? preview(job.id()) : null);
        return values;
    }

    static String preview(String job) {
        return ROOT + "/jobs/" + job + "/preview";
    }

    private static double seconds(Duration time) {
        return time.toMillis() / 1e3;
    }

    /** The runs that a folder holds, the last first. */
    List<Map<String, Object>> runs(RunsFolder runs) throws IOException {
        List<Map<String, Object>> all = new java.util.ArrayList<>();
        for (String name : runs.names()) {
            run(runs, name).ifPresent(all::add);
        }
        return all;
    }

    /** A run. One whose process ended before it is interrupted; that may be another process than this. */
    Optional<Map<String, Object>> run(RunsFolder runs, String name) throws IOException {
        if (!runs.isRun(name)) {
            return Optional.empty();
        }
        boolean running = launches.isRunning(runs.path().toRealPath().resolve(name));   // before the record: it may end in between
        Optional<Map<String, Object>> record = runs.record(name);
        if (record.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("name", name);
        values.putAll(record.get());
        Object process = values.remove(RunProcess.KEY);
        boolean others = process instanceof JsonNode node && !node.asText().equals(RunProcess.current()) && RunProcess.lives(node.asText());
        if (String.valueOf(record.get().get("state")).contains("running") && !running && !others) {
            values.put("state", "interrupted");
        }
        values.put("files", files(runs, name));
        return Optional.of(values);
    }

    private static List<Map<String, Object>> files(RunsFolder runs, String name) throws IOException {
        return runs.files(name).stream().map(file -> values(name, file)).toList();
    }

    private static Map<String, Object> values(String run, RunFile file) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("name", file.name());
        values.put("href", ROOT + "/runs/" + run + "/" + Stream.of(file.name().split("/"))
            .map(segment -> URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20")).collect(Collectors.joining("/")));
        values.put("bytes", file.bytes());
        values.put("type", FileType.of(file.name()).type());
        return values;
    }
}
