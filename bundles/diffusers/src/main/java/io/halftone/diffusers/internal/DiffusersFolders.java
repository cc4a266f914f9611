package io.halftone.diffusers.internal;

import io.halftone.model.ModelConfig;
import io.halftone.pipeline.PipelineConfig;
import io.halftone.pipeline.PipelineFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.osgi.service.component.annotations.Component;

/** Opens pipeline folders as diffusers saves them. */
@Component(service = PipelineFolder.Opener.class)
public final class DiffusersFolders implements PipelineFolder.Opener {
    @Override
    public PipelineFolder open(Path folder) throws IOException {
        return DiffusersFolder.open(folder);
    }

    @Override
    public ModelConfig config(Path file) throws IOException {
        return ConfigFile.config(file);
    }

    @Override
    public PipelineConfig configuration(String source, Map<String, String> files) {
        ConfigSource texts = new TextSource(source, files);
        return ModelIndex.read(texts).pipeline(texts);
    }
}
