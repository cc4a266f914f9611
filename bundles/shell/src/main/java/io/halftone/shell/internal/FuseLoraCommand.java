package io.halftone.shell.internal;

import io.halftone.api.FuseLoraRequest;
import io.halftone.api.FuseLoraResult;
import io.halftone.api.LoraSource;
import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Writes a pipeline with LoRAs fused in. */
@Service
@Command(scope = "halftone", name = "fuse-lora", description = "Writes a pipeline folder whose weights have LoRAs fused in",
    detailedDescription = "classpath:fuse-lora.txt")
public final class FuseLoraCommand extends PipelineCommand {
    @Option(name = "--lora", description = "A LoRA to fuse: FILE or FILE:SCALE; may be given more than once", multiValued = true,
        required = true)
    @Completion(PathCompleter.Tensors.class)
    private List<String> loras = List.of();

    @Option(name = "--out", description = "Folder to write; must not hold anything", required = true)
    @Completion(PathCompleter.Folders.class)
    private String directory;

    @Override
    Report report() throws Exception {
        List<LoraSource> given = LoraOption.parse(loras, file -> path("lora", file));
        var request = new FuseLoraRequest(folder(), given, path("out", directory));
        FuseLoraResult result = await(progress -> halftone.fuseLora(request, progress));
        return FolderReports.of(result);
    }
}
