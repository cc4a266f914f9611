package io.halftone.shell.internal;

import io.halftone.api.FuseLoraRequest;
import io.halftone.api.FuseLoraResult;
import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Writes a pipeline with its LoRAs taken out again. */
@Service
@Command(scope = "halftone", name = "unfuse-lora",
    description = "Writes a pipeline folder whose weights have their fused LoRAs taken out: as they were, bit for bit",
    detailedDescription = "classpath:unfuse-lora.txt")
public final class UnfuseLoraCommand extends PipelineCommand {
    @Option(name = "--out", description = "Folder to write; must not hold anything", required = true)
    @Completion(PathCompleter.Folders.class)
    private String directory;

    @Override
    Report report() throws Exception {
        var request = new FuseLoraRequest(folder(), List.of(), path("out", directory));
        FuseLoraResult result = await(progress -> halftone.fuseLora(request, progress));
        return FolderReports.of(result);
    }
}
