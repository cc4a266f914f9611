package io.halftone.shell.internal;

import io.halftone.api.JobInfo;
import io.halftone.api.ProgressListener.Progress;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.karaf.shell.support.table.ShellTable;

/** Jobs, as they are now. */
final class JobsReport {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

    private JobsReport() {}

    static Report of(List<JobInfo> jobs, Colours colours) {
        return new Report(Map.of("jobs", jobs.stream().map(JobsReport::values).toList()), out -> {
            ShellTable table = Facts.table(List.of("id", "about"));
            table.column("state").colorProvider(colours::ofState);
            table.column("stage");
            table.column("done").alignRight();
            table.column("time").alignRight();
            table.column("ETA").alignRight();
            table.column("started");
            table.emptyTableText("no jobs");
            for (JobInfo job : jobs) {
                table.addRow().addContent(job.id(), job.subject(), state(job), job.progress().stage(), done(job.progress()), clock(job.elapsed()),
                    eta(job), started(job));
            }
            table.print(out);
            jobs.stream().filter(job -> !job.failure().isEmpty()).forEach(job -> out.println(job.id() + ": " + job.failure()));
        });
    }

    static Report of(JobInfo job, Colours colours) {
        return new Report(values(job), out -> {
            Facts.line(out, "job", job.id());
            Facts.line(out, "about", job.subject());
            String state = state(job);
            Facts.line(out, "state", job.isRunning() ? state : state.equals("done") ? colours.good(state) : colours.bad(state));
            if (!job.failure().isEmpty()) {
                Facts.line(out, "failure", job.failure());
            }
            Facts.line(out, "started", started(job));
            job.ended().ifPresent(end -> Facts.line(out, "ended", local(end)));
            Facts.line(out, "time", clock(job.elapsed()));
            if (!job.progress().stage().isEmpty()) {
                String done = done(job.progress());
                Facts.line(out, "stage", job.progress().stage() + (done.isEmpty() ? "" : ", " + done) + ", for " + clock(job.inStage())
                    + (eta(job).isEmpty() ? "" : ", ETA " + eta(job)));
            }
        });
    }

    /** As users read it: a job that was asked to stop and still runs is cancelling. */
    static String state(JobInfo job) {
        return job.cancelling() ? "cancelling" : Facts.name(job.state());
    }

    private static String done(Progress progress) {
        return progress.total() > 0 ? progress.done() + " of " + progress.total() + " " + progress.unit()
            : progress.done() > 0 ? progress.done() + " " + progress.unit() : "";
    }

    private static String eta(JobInfo job) {
        return job.remaining().map(JobsReport::clock).orElse("");
    }

    private static String clock(Duration time) {
        return Pace.clock(Math.round(time.toMillis() / 1e3));
    }

    private static String started(JobInfo job) {
        return local(job.started());
    }

    private static String local(Instant time) {
        return TIME.format(time.atZone(ZoneId.systemDefault()));
    }

    private static Map<String, Object> values(JobInfo job) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("id", job.id());
        values.put("kind", job.kind());
        values.put("subject", Facts.orNull(job.subject()));
        values.put("state", state(job));
        values.put("started", job.started().truncatedTo(ChronoUnit.MILLIS).toString());
        values.put("ended", job.ended().map(end -> end.truncatedTo(ChronoUnit.MILLIS).toString()).orElse(null));
        values.put("seconds", job.elapsed().toMillis() / 1e3);
        values.put("stage", Facts.orNull(job.progress().stage()));
        values.put("done", job.progress().done());
        values.put("total", job.progress().total());
        values.put("unit", Facts.orNull(job.progress().unit()));
        values.put("stageSeconds", job.inStage().toMillis() / 1e3);
        values.put("remainingSeconds", job.remaining().<Object>map(rest -> rest.toMillis() / 1e3).orElse(null));
        values.put("failure", Facts.orNull(job.failure()));
        return values;
    }
}
