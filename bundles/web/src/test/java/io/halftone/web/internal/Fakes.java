package io.halftone.web.internal;

import io.halftone.api.Defaults;
import io.halftone.api.Halftone;
import io.halftone.api.Job;
import io.halftone.api.JobException;
import io.halftone.api.JobInfo;
import io.halftone.api.JobListener;
import io.halftone.api.ModelInfo;
import io.halftone.api.PluginInfo;
import io.halftone.api.Preview;
import io.halftone.api.ProgressListener.Progress;
import io.halftone.shell.CommandCall;
import io.halftone.shell.CommandInfo;
import io.halftone.shell.Commands;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** A service whose jobs the test ends, and commands that start one where they are given a model. */
final class Fakes implements Commands {
    final List<PluginInfo> plugins = new CopyOnWriteArrayList<>(List.of(new PluginInfo("format", List.of("int8"), "io.halftone.format.int8", "0.1.0")));
    final List<CommandCall> calls = new CopyOnWriteArrayList<>();
    final List<JobListener> listeners = new CopyOnWriteArrayList<>();
    final Map<String, JobInfo> jobs = new ConcurrentHashMap<>();
    final Map<String, Preview> previews = new ConcurrentHashMap<>();
    final List<String> wishes = new CopyOnWriteArrayList<>();
    final CountDownLatch end = new CountDownLatch(1);
    volatile Path models = Path.of("/none");

    /** Only what the console calls. */
    final Halftone halftone = (Halftone) Proxy.newProxyInstance(Fakes.class.getClassLoader(), new Class<?>[] {Halftone.class}, (proxy, method, arguments) ->
        switch (method.getName()) {
            case "models" -> List.of(new ModelInfo("tiny", models.resolve("tiny").toString(), "TinyPipeline", "Tiny", true));
            case "plugins" -> List.copyOf(plugins);
            case "presets", "absentPlugins" -> List.of();
            case "defaults" -> Defaults.usual();
            case "jobs" -> List.copyOf(jobs.values());
            case "cancel" -> cancel((String) arguments[0]);
            case "preview" -> {
                wishes.add((String) arguments[0]);
                yield Optional.ofNullable(previews.get((String) arguments[0]));
            }
            case "listen" -> listen((JobListener) arguments[0]);
            default -> throw new UnsupportedOperationException(method.getName());
        });

    private JobListener.Registration listen(JobListener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    private JobInfo cancel(String id) {
        set(id, Job.State.CANCELLED);
        end.countDown();
        return jobs.get(id);
    }

    /** A job is in that state now, and everybody hears of it. */
    void set(String id, Job.State state) {
        var job = new JobInfo(id, "quantize", "tiny", state, false, Instant.EPOCH, Duration.ofSeconds(4), new Progress("calibrate", 1, 4, "step"),
            Duration.ofSeconds(2), "");
        jobs.put(id, job);
        listeners.forEach(listener -> listener.changed(job));
    }

    @Override
    public List<CommandInfo> commands() {
        return List.of(new CommandInfo("quantize", "Quantizes", true, List.of()), new CommandInfo("plan", "Plans", false, List.of()));
    }

    @Override
    public String run(CommandCall call) throws IOException, InterruptedException, JobException {
        calls.add(call);
        if (call.command().equals("plan")) {
            if (call.options().containsKey("level")) {
                throw new IllegalArgumentException("options: found level; expected some of quant-level");
            }
            return "{\"share\":0.5}";
        }
        if (call.options().containsKey("save")) {
            Files.writeString(call.folders().resolve("save", call.options().get("save").get(0)), "x");
        }
        if (!call.options().containsKey("model")) {
            throw new IllegalArgumentException("model: found none; expected one");
        }
        String id = "quantize-" + calls.size();
        set(id, Job.State.RUNNING);
        call.started().accept((Job<?>) Proxy.newProxyInstance(Fakes.class.getClassLoader(), new Class<?>[] {Job.class}, (proxy, method, arguments) -> id));
        end.await();
        if (jobs.get(id).state() == Job.State.CANCELLED) {
            throw new CancellationException(id + ": cancelled");
        }
        set(id, Job.State.DONE);
        return "{\"seconds\":1.5}";
    }
}
