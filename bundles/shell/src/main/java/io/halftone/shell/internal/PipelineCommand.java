package io.halftone.shell.internal;

import io.halftone.api.LoraSource;
import io.halftone.api.ModelInfo;
import io.halftone.api.PipelineSource;
import io.halftone.ops.DType;
import java.nio.file.Path;
import java.util.List;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;

/** A command about a pipeline. */
abstract class PipelineCommand extends JobCommand {
    @Option(name = "--model",
        description = "Name of a pipeline in the model folders, see models; with --path the preset it is, see presets, and what output "
            + "files are called")
    @Completion(ModelCompleter.class)
    private String model;

    @Option(name = "--path", aliases = "--override-model-path",
        description = "Pipeline folder in the hub's layout: model_index.json and a folder for each component")
    @Completion(PathCompleter.Folders.class)
    private String path;

    /** The pipeline that was named, as its folder has it; refused if none was. */
    final PipelineSource folder() {
        return named("", DType.FLOAT32, List.of(), false);
    }

    /** The pipeline that was named, or else the one of that name. A preset is refused: it has no weights. */
    final PipelineSource named(String usual, DType type, List<LoraSource> loras, boolean leaveLoras) {
        String name = Given.orElse(model, path == null ? usual : "");
        if (path == null && halftone.presets().contains(name) && halftone.models().stream().map(ModelInfo::name).noneMatch(name::equals)) {
            throw new IllegalArgumentException("model: found the preset " + name
                + ", which has no weights, and no pipeline of that name in the "
                + "model folders; expected --path with the folder of its weights");
        }
        return new PipelineSource(path("path", path), name, type, loras, leaveLoras);
    }

    /** A name for files: the model's, or else its folder's. */
    static String label(PipelineSource source) {
        String name = source.model();
        if (name.isEmpty()) {
            Path folder = Path.of(source.path()).getFileName();
            name = folder == null ? "pipeline" : folder.toString();
        }
        return name.replaceAll("[^A-Za-z0-9._-]", "-");
    }
}
