package io.halftone.sdxl.internal;

import io.halftone.model.ModelSignature.Extent;
import io.halftone.model.Named;
import io.halftone.pipeline.Advice;
import io.halftone.pipeline.Preset;
import io.halftone.pipeline.Usage;
import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/** Stable Diffusion XL 1.0, base. Source of its files: stabilityai/stable-diffusion-xl-base-1.0 on the hub. */
@Component(service = Preset.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("sdxl-1.0")
public final class Sdxl10Preset implements Preset {
    private static final PublishedXl PUBLISHED = new PublishedXl("sdxl-1.0", new Extent(2, 16, 16), new Extent(128, 128, 128), 20);

    @Override
    public Map<String, String> files() {
        return PUBLISHED.files();
    }

    @Override
    public Usage usage() {
        return new Usage(50, 5, 1024, 1024);
    }

    @Override
    public Advice advice(String format) {
        return PUBLISHED.advice(format);
    }

    @Override
    public Map<String, Extent> extents() {
        return PUBLISHED.extents();
    }
}
