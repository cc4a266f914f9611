package io.halftone.web.internal;

import io.halftone.shell.CommandCall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Where a job that somebody asks for may read and write. It writes into its own folder alone, where relative paths begin; it reads in the runs,
 * the pipelines of the model folders, and the input folders that are configured. Links are followed first, and count where they lead.
 */
final class JobFolders implements CommandCall.Folders {
    /** What only reads. Every other option that names a file writes it, or might. */
    private static final Set<String> READ = Set.of("path", "prompts-file", "lora", "restore-from", "onnx-load-path", "onnx", "engine-path", "stats-in",
        "recipe", "initial-latents", "lpips-weights", "clip-path", "variants", "config", "reference-restore-from", "reference-onnx-load-path",
        "reference-engine-path", "full-onnx-load-path", "full-engine-path");
    private static final Set<String> WRITTEN_BY_BUILD = Set.of("engine-path");
    private static final Set<String> WRITTEN_BY_AUTO = Set.of("recipe");

    private final String command;
    private final Path own;
    private final RunsFolder runs;
    private final List<Path> readable;

    /**
     * @param command  the command whose paths these are
     * @param own      the job's folder, its real path
     * @param runs     the runs, which it may read
     * @param readable folders it may read in besides
     */
    JobFolders(String command, Path own, RunsFolder runs, List<Path> readable) {
        this.command = command;
        this.own = own;
        this.runs = runs;
        this.readable = List.copyOf(readable);
    }

    @Override
    public Path current() {
        return own;
    }

    @Override
    public Path resolve(String option, String given) {
        Path path = own.resolve(given).normalize();
        Path real = real(path);
        if (real.startsWith(own) && !real.startsWith(own.resolve(RunsFolder.RECORD))) {
            return path;
        }
        if (!reads(option)) {
            throw new IllegalArgumentException(option + ": found " + given + "; expected a path in the job's own folder, such as a name");
        }
        if (!runs.holds(real) && readable.stream().map(JobFolders::real).noneMatch(real::startsWith)) {
            throw new IllegalArgumentException(option + ": found " + given + "; expected a path in a pipeline of the model folders, an input folder that is "
                + "configured, or a run, such as ../RUN/FILE");
        }
        return path;
    }

    private boolean reads(String option) {
        Set<String> written = command.equals("build") ? WRITTEN_BY_BUILD : command.equals("auto") ? WRITTEN_BY_AUTO : Set.of();
        return READ.contains(option) && !written.contains(option);
    }

    /** The path without links, as far as it is there. */
    private static Path real(Path path) {
        try {
            Path there = path;
            while (!Files.exists(there) && !Files.isSymbolicLink(there) && there.getParent() != null) {
                there = there.getParent();
            }
            return there.toRealPath().resolve(there.relativize(path)).normalize();
        } catch (IOException e) {
            throw new IllegalArgumentException("path: found a link that leads nowhere; expected a file or folder", e);
        }
    }
}
