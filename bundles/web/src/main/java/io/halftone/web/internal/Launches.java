package io.halftone.web.internal;

import io.halftone.api.Halftone;
import io.halftone.api.Job;
import io.halftone.api.JobException;
import io.halftone.api.JobInfo;
import io.halftone.api.ModelInfo;
import io.halftone.shell.CommandCall;
import io.halftone.shell.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts jobs, each by the shell's own command and in a folder of its own, and writes what becomes of it into that folder. */
@Component(service = Launches.class)
public final class Launches {
    /** What can be started. */
    static final Set<String> KINDS = Set.of("quantize", "generate", "evaluate", "export", "build", "compare", "benchmark", "auto");

    private static final Logger LOG = LoggerFactory.getLogger(Launches.class);
    private static final int MOST_RUNNING = 16;
    private static final String PROMPTS_OPTION = "prompts-file";
    private static final String PROMPTS = "prompts.txt";

    private final Halftone halftone;
    private final Commands commands;
    private final Map<String, Run> runs = new HashMap<>();   // by job: those that the service knows
    private final Set<Path> running = ConcurrentHashMap.newKeySet();
    private final Semaphore places = new Semaphore(MOST_RUNNING);

    /**
     * A job's folder.
     *
     * @param folder the folder of runs
     */
    record Run(String name, Path folder) {}

    @Activate
    public Launches(@Reference Halftone halftone, @Reference Commands commands) {
        this.halftone = halftone;
        this.commands = commands;
    }

    /** Where a job that was started here writes. */
    Optional<Run> runOf(String job) {
        synchronized (runs) {
            return Optional.ofNullable(runs.get(job));
        }
    }

    boolean isRunning(Path folder) {
        return running.contains(folder);
    }

    /** What is refused because there is too much of it. */
    static final class Busy extends Exception {
        Busy() {
            super("jobs: found " + MOST_RUNNING + " that run; expected fewer before another", null, false, false);
        }
    }

    /**
     * Starts a job.
     *
     * @param given   by the names of the shell's long options
     * @param prompts go to a file of the job's folder, which the option prompts-file names then; none where the options say enough
     * @return its id
     * @throws IllegalArgumentException if it is refused; nothing is left of it then
     * @throws Busy                     if there are too many
     */
    String start(String kind, Map<String, List<String>> given, List<String> prompts, WebSettings settings)
            throws IOException, InterruptedException, Busy {
        Map<String, List<String>> options = new TreeMap<>(given);
        if (!prompts.isEmpty() && options.put(PROMPTS_OPTION, List.of(PROMPTS)) != null) {
            throw new IllegalArgumentException("prompts: found them beside prompts-file; expected one of both");
        }
        if (!places.tryAcquire()) {
            throw new Busy();
        }
        CompletableFuture<String> began;
        try {
            began = launch(kind, options, prompts, settings);
        } catch (IOException | RuntimeException | Error e) {
            places.release();
            throw e;
        }
        try {
            return began.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IllegalArgumentException refused) {
                throw refused;
            }
            throw new IOException(e.getCause());
        }
    }

    /** Makes the folder and has a thread run the command, which gives the place back. */
    private CompletableFuture<String> launch(String kind, Map<String, List<String>> options, List<String> prompts, WebSettings settings)
            throws IOException {
        var runsFolder = new RunsFolder(settings.runsFolder());
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        Path own = runsFolder.create(kind, now);
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("kind", kind);
        record.put("options", options);
        record.put("started", now.toString());
        record.put(RunProcess.KEY, RunProcess.current());
        var began = new CompletableFuture<String>();
        var folders = new JobFolders(kind, own, runsFolder, readable(settings));
        var call = new CommandCall(kind, options, folders, job -> begins(job, own, options, record, began));
        var thread = new Thread(() -> {
            try {
                run(call, own, record, began);
            } finally {
                running.remove(own);
                places.release();
                began.completeExceptionally(new IllegalStateException("job: found it ended before it began; expected it to begin"));
                forget();
            }
        }, "halftone-web-" + own.getFileName());
        running.add(own);
        try {
            if (!prompts.isEmpty()) {
                Files.write(own.resolve(PROMPTS), prompts);
            }
            thread.start();
            return began;
        } catch (IOException | RuntimeException | Error e) {
            running.remove(own);
            remove(own);
            throw e;
        }
    }

    /** Lets go of the jobs that the service has forgotten. */
    private void forget() {
        synchronized (runs) {   // what is put in between is of a job that the service knows by then
            runs.keySet().retainAll(halftone.jobs().stream().map(JobInfo::id).collect(Collectors.toSet()));
        }
    }

    private List<Path> readable(WebSettings settings) {
        return Stream.concat(settings.inputFolders().stream(), halftone.models().stream().map(ModelInfo::path).map(Path::of)).toList();
    }

    private void begins(Job<?> job, Path own, Map<String, List<String>> options, Map<String, Object> record, CompletableFuture<String> began) {
        if (!record.containsKey("id")) {
            record.put("id", job.id());
            record.put("subject", Stream.of("model", "path", "onnx-load-path", "onnx").map(options::get).filter(java.util.Objects::nonNull)
                .map(each -> each.get(0)).findFirst().orElse(""));
            record.put("state", "running");
            write(own, record);
        }
        synchronized (runs) {
            runs.put(job.id(), new Run(own.getFileName().toString(), own.getParent()));
        }
        began.complete(job.id());
    }

    private void run(CommandCall call, Path own, Map<String, Object> record, CompletableFuture<String> began) {
        try {
            String result = commands.run(call);
            if (!began.isDone()) {
                throw new IllegalArgumentException("options: found some with which nothing is started; expected those of a job");
            }
            record.put("state", "done");
            record.put("result", Json.own(result.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        } catch (CancellationException | InterruptedException e) {
            record.put("state", "cancelled");
        } catch (JobException | IOException | RuntimeException | Error e) {
            if (!began.isDone()) {
                remove(own);
                began.completeExceptionally(e);
                return;
            }
            record.put("state", "failed");
            record.put("failure", e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
        }
        record.put("ended", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
        write(own, record);
    }

    private static void write(Path own, Map<String, Object> record) {
        try {
            RunsFolder.write(own, record);
        } catch (IOException e) {
            LOG.warn("{}: found {}; expected to write what becomes of the job", own, e.toString());
        }
    }

    /** Nothing was started, so there is nothing in it, or what a command wrote before it was refused. */
    private static void remove(Path own) {
        try (Stream<Path> paths = Files.walk(own)) {
            for (Path path : new ArrayList<>(paths.sorted(java.util.Comparator.reverseOrder()).toList())) {
                Files.delete(path);
            }
        } catch (IOException e) {
            LOG.warn("{}: found {}; expected to remove it", own, e.toString());
        }
    }
}
