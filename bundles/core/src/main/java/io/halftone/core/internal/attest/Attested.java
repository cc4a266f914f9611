package io.halftone.core.internal.attest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halftone.api.PluginInfo;
import io.halftone.core.internal.job.JobRunner;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.quantize.Digests;
import io.halftone.files.Staging;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A job that leaves a statement beside what it made. Its inputs are read for their digests while it works, as it reads them itself.
 *
 * @param <R> the job's result
 */
public final class Attested<R> implements JobRunner.Task<R> {
    private final String work;
    private final JobRunner.Task<R> task;
    private final Object request;
    private final Callable<Origin> origin;
    private final Surroundings surroundings;
    private final Function<R, List<Made>> made;

    /**
     * Where a job runs.
     *
     * @param plugins those that it took
     * @param host    gives facts of machine, Java and project; asked once the work is done, as it may load libraries
     */
    public record Surroundings(List<PluginInfo> plugins, Supplier<Map<String, String>> host) {
        public Surroundings {
            plugins = List.copyOf(plugins);
        }
    }

    /**
     * Artifacts with one statement.
     *
     * @param principal the one that the statement is called by
     * @param files     all of them, in its folder or below
     */
    public record Made(Path principal, List<Path> files) {
        public Made {
            files = List.copyOf(files);
        }
    }

    /**
     * A job and what its statements tell.
     *
     * @param work    its kind
     * @param task    does the work
     * @param request what was asked for: a record, told value by value
     * @param origin  gives what it reads, and may read for that
     * @param made    what it made
     */
    public Attested(String work, JobRunner.Task<R> task, Object request, Callable<Origin> origin, Surroundings surroundings, Function<R, List<Made>> made) {
        this.work = work;
        this.task = task;
        this.request = request;
        this.origin = origin;
        this.surroundings = surroundings;
        this.made = made;
    }

    @Override
    public R run(Monitor monitor) throws Exception {
        String started = now();
        FutureTask<List<Resource>> inputs = new FutureTask<>(this::inputs);
        Thread reader = new Thread(inputs, Thread.currentThread().getName() + "-digests");
        reader.setDaemon(true);
        reader.start();
        try {
            R result = task.run(monitor);
            List<Resource> read = wait(inputs);
            for (Made group : made.apply(result)) {
                write(group, read, started, monitor);
            }
            return result;
        } finally {
            inputs.cancel(true);
        }
    }

    /** Works once the inputs were read for their digests: what is made may take the place of one. */
    public R runBehindInputs(Monitor monitor) throws Exception {
        String started = now();
        List<Resource> read = inputs();
        R result = task.run(monitor);
        for (Made group : made.apply(result)) {
            write(group, read, started, monitor);
        }
        return result;
    }

    private static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private List<Resource> inputs() throws Exception {
        Map<String, Path> files = origin.call().files();
        List<String> digests = Digests.sha256(List.copyOf(files.values()));
        List<Resource> inputs = new ArrayList<>();
        files.forEach((name, file) -> inputs.add(Resource.input(name, file, digests.get(inputs.size()))));
        return inputs;
    }

    private static List<Resource> wait(FutureTask<List<Resource>> inputs) throws Exception {
        try {
            return inputs.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
    }

    private void write(Made group, List<Resource> inputs, String started, Monitor monitor) throws IOException {
        Path folder = group.principal().toAbsolutePath().normalize().getParent();
        List<Resource> artifacts = new ArrayList<>();
        for (Path file : group.files()) {
            monitor.progress("provenance", artifacts.size(), group.files().size(), "file");
            Optional<String> told = monitor.sha256(file);
            artifacts.add(Resource.artifact(Origin.name(folder, file), told.isPresent() ? told.get() : Digests.sha256(file)));
        }
        var statement = new Statement(artifacts, work, options(), inputs, plugins(), host(), started, now());
        Path target = Statement.file(group.principal());
        try (Staging staging = Staging.beside(target)) {
            String name = target.getFileName().toString();
            staging.write(name, ByteBuffer.wrap(statement.bytes()));
            // a signature of what was there before says nothing of this
            staging.publish(List.of(name), List.of(Envelope.file(group.principal()).getFileName().toString()));
        }
    }

    private JsonNode options() {
        return Statement.JSON.valueToTree(request);
    }

    private JsonNode plugins() {
        ArrayNode plugins = Statement.JSON.createArrayNode();
        for (PluginInfo plugin : surroundings.plugins()) {
            ObjectNode node = plugins.addObject().put("kind", plugin.kind());
            plugin.names().forEach(node.putArray("names")::add);
            node.put("bundle", plugin.bundle()).put("version", plugin.version());
        }
        return plugins;
    }

    private JsonNode host() {
        ObjectNode host = Statement.JSON.createObjectNode();
        surroundings.host().get().forEach(host::put);
        return host;
    }
}
