package io.halftone.shell.internal;

import io.halftone.api.PipelineSource;
import java.nio.file.Path;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.support.completers.FileCompleter;
import org.apache.karaf.shell.support.completers.StringsCompleter;

/** A command about a pipeline. */
abstract class PipelineCommand extends JobCommand {
    @Option(name = "--model",
        description = "Name of a pipeline in the model folders, see models; with --path what output files are called")
    @Completion(ModelCompleter.class)
    private String model;

    @Option(name = "--path", description = "Pipeline folder in the hub's layout: model_index.json and a folder for each component")
    @Completion(FileCompleter.class)
    private String path;

    @Option(name = "--model-dtype", description = "What models compute in: Float, Half or BFloat16")
    @Completion(value = StringsCompleter.class, values = {"Float", "Half", "BFloat16"})
    private String modelDtype = "Float";

    /** The pipeline that was named; refused if none was. */
    final PipelineSource source() {
        return source("");
    }

    /** The pipeline that was named, or else the one of that name. */
    final PipelineSource source(String usual) {
        String name = Given.orElse(model, path == null ? usual : "");
        return new PipelineSource(path("path", path), name, Given.computeType(modelDtype));
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
