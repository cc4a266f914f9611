package io.halftone.cluster.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/** Members as text or JSON. */
final class ClusterReport {
    private ClusterReport() {}

    /** Writes tables: members, jobs, refusals. */
    static void print(List<ClusterNode.Listed> members, PrintStream out) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("member", "process", "devices", "units", "works on"));
        List<List<String>> jobs = new ArrayList<>();
        jobs.add(List.of("job", "units", "workers", "again", "rate", "remaining"));
        TreeSet<String> refusals = new TreeSet<>();
        for (ClusterNode.Listed member : members) {
            String address = member.address() + (member.self() ? " (this)" : "");
            if (member.state().isEmpty()) {
                rows.add(List.of(address, "does not answer", "", "", ""));
                continue;
            }
            MemberState state = member.state().get();
            rows.add(List.of(address, state.name(), String.join(", ", state.devices()), Long.toString(state.units()),
                String.join("; ", state.doing())));
            refusals.addAll(state.refusals());
            for (MemberState.JobState job : state.jobs()) {
                jobs.add(List.of(job.kind() + " " + job.subject() + " at " + member.address(), job.done() + " of " + job.total(),
                    Integer.toString(job.workers()), Integer.toString(job.again()), rate(job), remaining(job)));
            }
        }
        table(rows, out);
        if (jobs.size() > 1) {
            out.println();
            table(jobs, out);
        }
        if (!refusals.isEmpty()) {
            out.println();
            out.println("refused:");
            refusals.forEach(refusal -> out.println("  " + refusal));
        }
    }

    private static void table(List<List<String>> rows, PrintStream out) {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (int i = 0; i < columns; i++) {
            int column = i;
            widths[i] = rows.stream().map(row -> row.get(column).length()).max(Comparator.naturalOrder()).orElse(0);
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
            }
            out.println(line.toString().stripTrailing());
        }
    }

    private static String rate(MemberState.JobState job) {
        double rate = perSecond(job);
        return rate == 0 ? "" : rate >= 0.1 ? String.format(Locale.ROOT, "%.1f/s", rate) : String.format(Locale.ROOT, "%.1f/min", rate * 60);
    }

    private static double perSecond(MemberState.JobState job) {
        return job.millis() == 0 ? 0 : job.done() * 1000.0 / job.millis();
    }

    private static String remaining(MemberState.JobState job) {
        double rate = perSecond(job);
        if (rate == 0) {
            return "";
        }
        long seconds = (long) Math.ceil((job.total() - job.done()) / rate);
        return seconds < 60 ? seconds + " s" : seconds < 3600 ? seconds / 60 + " min " + seconds % 60 + " s"
            : seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
    }

    /** One object: members, each with its jobs and refusals. */
    static String json(List<ClusterNode.Listed> members) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeArrayFieldStart("members");
            for (ClusterNode.Listed member : members) {
                json.writeStartObject();
                json.writeStringField("address", member.address());
                json.writeBooleanField("self", member.self());
                json.writeBooleanField("answers", member.state().isPresent());
                if (member.state().isPresent()) {
                    write(json, member.state().get());
                }
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, MemberState state) throws IOException {
        json.writeStringField("process", state.name());
        strings(json, "devices", state.devices());
        json.writeNumberField("units", state.units());
        strings(json, "doing", state.doing());
        strings(json, "refusals", state.refusals());
        json.writeArrayFieldStart("jobs");
        for (MemberState.JobState job : state.jobs()) {
            json.writeStartObject();
            json.writeStringField("kind", job.kind());
            json.writeStringField("subject", job.subject());
            json.writeNumberField("done", job.done());
            json.writeNumberField("total", job.total());
            json.writeNumberField("workers", job.workers());
            json.writeNumberField("again", job.again());
            json.writeNumberField("seconds", job.millis() / 1000.0);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void strings(JsonGenerator json, String name, List<String> values) throws IOException {
        json.writeArrayFieldStart(name);
        for (String value : values) {
            json.writeString(value);
        }
        json.writeEndArray();
    }
}
