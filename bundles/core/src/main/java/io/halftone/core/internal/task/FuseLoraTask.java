package io.halftone.core.internal.task;

import io.halftone.api.FuseLoraRequest;
import io.halftone.api.FuseLoraResult;
import io.halftone.core.internal.job.JobRunner;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.files.NewFolders;
import io.halftone.lora.Lora;
import io.halftone.lora.LoraFolder;
import io.halftone.safetensors.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Writes a pipeline with LoRAs fused into its weights, or taken out again. */
public final class FuseLoraTask implements JobRunner.Task<FuseLoraResult> {
    private final Path folder;
    private final List<Lora> loras;
    private final Path target;

    /** Checks the request. */
    public FuseLoraTask(Workplace work, FuseLoraRequest request) throws IOException {
        if (!request.source().loras().isEmpty()) {
            throw new IllegalArgumentException("lora: found LoRAs of the source too; expected those to fuse alone");
        }
        try (OpenPipeline pipeline = work.open(request.source())) {
            this.folder = pipeline.folder().path();
        }
        this.loras = request.loras().stream().map(lora -> new Lora(Path.of(lora.file()), lora.scale())).toList();
        this.target = Path.of(request.directory()).toAbsolutePath().normalize();
        if (Files.isDirectory(target)) {
            try (Stream<Path> children = Files.list(target)) {
                if (children.findAny().isPresent()) {
                    throw new IllegalArgumentException("out " + request.directory() + ": found a folder with something in it; expected none, or an empty one");
                }
            }
        }
    }

    @Override
    public FuseLoraResult run(Monitor monitor) throws IOException {
        Stopwatch watch = new Stopwatch();
        LoraFolder.Progress progress = (component, written, total) ->
            monitor.progress(loras.isEmpty() ? "unfuse" : "fuse", written, total, "tensor of " + component);
        NewFolders made = NewFolders.make(target.getParent());
        boolean emptied = Files.deleteIfExists(target);   // an empty folder, as was checked
        try (made) {
            if (loras.isEmpty()) {
                LoraFolder.unfuse(folder, target, progress);
            } else {
                LoraFolder.fuse(folder, loras, target, progress);
            }
            made.keep();
        } catch (IOException | RuntimeException e) {
            if (emptied) {
                Files.createDirectory(target);
            }
            throw e;
        }
        return new FuseLoraResult(target.toString(), changed(loras.isEmpty() ? folder : target), watch.seconds());
    }

    /** How many weights of each component a folder with LoRAs fused keeps the originals of. */
    private static Map<String, Integer> changed(Path fused) throws IOException {
        Map<String, Integer> changed = new TreeMap<>();
        try (Stream<Path> originals = Files.list(fused.resolve("halftone_lora"))) {
            for (Path original : originals.toList()) {
                String name = original.getFileName().toString();
                try (SafetensorsFile file = SafetensorsFile.open(original)) {
                    changed.put(name.substring(0, name.indexOf('.')), file.names().size());
                }
            }
        }
        return changed;
    }
}
