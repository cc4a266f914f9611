package io.halftone.sdxl.internal;

import io.halftone.model.ModelSignature.Extent;
import io.halftone.model.Named;
import io.halftone.pipeline.Advice;
import io.halftone.pipeline.Preset;
import io.halftone.pipeline.Usage;
import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/** SDXL Turbo. Source of its files: stabilityai/sdxl-turbo on the hub. */
@Component(service = Preset.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("sdxl-turbo")
public final class SdxlTurboPreset implements Preset {
    private static final PublishedXl PUBLISHED = new PublishedXl("sdxl-turbo", new Extent(1, 16, 16), new Extent(64, 64, 128), 4);

    @Override
    public Map<String, String> files() {
        return PUBLISHED.files();
    }

    @Override
    public Usage usage() {
        return new Usage(4, 0, 512, 512);
    }

    @Override
    public Advice advice(String format) {
        return PUBLISHED.advice(format);
    }

    /**
     * {@inheritDoc} Other than the example has it, which takes 128 as the only side and 2 as the least batch: Turbo is made for
     * latents of 64 and runs without guidance, so that a batch is 1 for one picture.
     */
    @Override
    public Map<String, Extent> extents() {
        return PUBLISHED.extents();
    }
}
