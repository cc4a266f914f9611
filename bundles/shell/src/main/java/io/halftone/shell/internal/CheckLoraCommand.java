package io.halftone.shell.internal;

import io.halftone.api.JobException;
import io.halftone.api.LoraReport;
import io.halftone.api.PipelineSource;
import io.halftone.ops.DType;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Says which LoRAs a pipeline has. */
@Service
@Command(scope = "halftone", name = "check-lora", description = "Says which LoRAs a pipeline folder has fused in, and which not",
    detailedDescription = "classpath:check-lora.txt")
public final class CheckLoraCommand extends HalftoneCommand {
    @Option(name = "--model", description = "Name of a pipeline in the model folders, see models")
    @Completion(ModelCompleter.class)
    private String model;

    @Option(name = "--path", description = "Pipeline folder")
    @Completion(PathCompleter.Folders.class)
    private String path;

    @Option(name = "--fail", description = "Fail where a LoRA is not fused")
    private boolean fail;

    private int found;

    @Override
    Report report() {
        Given.atMostOne("check-lora", "--model", model, "--path", path);
        LoraReport result = halftone.checkLora(new PipelineSource(path("path", path), Given.orElse(model, ""), DType.FLOAT32));
        found = result.unfused().size();
        return FolderReports.of(result);
    }

    @Override
    void printed() throws JobException {
        if (fail && found > 0) {
            throw new JobException("check-lora: found " + found + " layers with a LoRA that is not fused; expected none", null);
        }
    }
}
