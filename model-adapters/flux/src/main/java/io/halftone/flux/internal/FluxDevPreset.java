package io.halftone.flux.internal;

import io.halftone.model.ModelSignature.Extent;
import io.halftone.model.Named;
import io.halftone.pipeline.Advice;
import io.halftone.pipeline.Preset;
import io.halftone.pipeline.Usage;
import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/** FLUX.1 dev. Source of its files: black-forest-labs/FLUX.1-dev on the hub. */
@Component(service = Preset.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("flux-dev")
public final class FluxDevPreset implements Preset {
    private static final PublishedFlux PUBLISHED = new PublishedFlux("flux-dev", 20);

    @Override
    public Map<String, String> files() {
        return PUBLISHED.files();
    }

    @Override
    public Usage usage() {
        return new Usage(50, 3.5, 1024, 1024);
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
