package io.halftone.shell.internal;

import io.halftone.api.BackboneChoice;
import io.halftone.api.GenerateRequest;
import io.halftone.api.GenerateResult;
import io.halftone.api.PipelineSource;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Makes pictures with any backbone. */
@Service
@Command(scope = "halftone", name = "generate", description = "Makes pictures in full precision, with fake quantization, or on an engine",
    detailedDescription = "classpath:generate.txt")
public final class GenerateCommand extends SamplingCommand {
    @Option(name = "--save-image-as", description = "PNG file to write; with several pictures a number is put before its extension",
        valueToShowInHelp = "MODEL.png in the current folder")
    @Completion(PathCompleter.Pictures.class)
    private String saveImageAs;

    @Option(name = "--dump", description = "A safetensors file to write: embeddings, raw outputs and latents of each step, pictures")
    @Completion(PathCompleter.Tensors.class)
    private String dump;

    @Override
    Report report() throws Exception {
        EngineChoice choice = choice();
        BackboneChoice backbone = choice.backbone(engineCache(choice));
        PipelineSource source = source(backbone);
        String image = path("save-image-as", Given.orElse(saveImageAs, label(source) + ".png"));
        var request = new GenerateRequest(source, backbone, sampling(), image, path("dump", dump));
        GenerateResult result = await(progress -> halftone.generate(request, progress));
        return PictureReports.of(result);
    }
}
