package io.halftone.tensorrt.internal;

import io.halftone.export.BuildTool;
import io.halftone.export.EngineBuilder;
import io.halftone.model.Named;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.bytedeco.tensorrt.global.nvinfer;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/** TensorRT's trtexec. There whether or not there is a GPU. */
@Component(service = BuildTool.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("tensorrt")
public final class TrtexecTool implements BuildTool {
    @Override
    public Set<String> options() {
        return BuildOptions.names();
    }

    @Override
    public String command(EngineBuilder.Request request, Path engineFile, int version) throws IOException {
        BuildOptions options = BuildOptions.of(request.options());
        OnnxFile model = OnnxFile.read(request.model());
        Profile profile = Profile.of(model, request.extents(), options);
        return TrtexecCommand.of(version == 0 ? here() : version, model, engineFile, profile, options);
    }

    private static int here() {
        return Natives.missing().isPresent() ? TrtexecCommand.USUAL : nvinfer.getInferLibMajorVersion();
    }
}
