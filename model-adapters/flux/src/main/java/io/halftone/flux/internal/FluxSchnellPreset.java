package io.halftone.flux.internal;

import io.halftone.model.ModelSignature.Extent;
import io.halftone.model.Named;
import io.halftone.pipeline.Advice;
import io.halftone.pipeline.Preset;
import io.halftone.pipeline.Usage;
import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/** FLUX.1 schnell, made for four steps. Source of its files: black-forest-labs/FLUX.1-schnell on the hub. */
@Component(service = Preset.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("flux-schnell")
public final class FluxSchnellPreset implements Preset {
    private static final PublishedFlux PUBLISHED = new PublishedFlux("flux-schnell", 4);

    @Override
    public Map<String, String> files() {
        return PUBLISHED.files();
    }

    @Override
    public Usage usage() {
        return new Usage(4, 0, 1024, 1024);
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
