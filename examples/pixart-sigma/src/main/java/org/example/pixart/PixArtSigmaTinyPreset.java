package org.example.pixart;

import io.halftone.model.ModelSignature.Extent;
import io.halftone.model.Named;
import io.halftone.pipeline.Advice;
import io.halftone.pipeline.Preset;
import io.halftone.pipeline.Usage;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/** The same architecture in small, to try with random weights: three blocks, pictures of 128 pixels. Nobody has trained it. */
@Component(service = Preset.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("pixart-sigma-tiny")
public final class PixArtSigmaTinyPreset implements Preset {
    private static final PublishedPixArt PUBLISHED = new PublishedPixArt("pixart-sigma-tiny", 16, List.of());

    @Override
    public Map<String, String> files() {
        return PUBLISHED.files();
    }

    @Override
    public Usage usage() {
        return new Usage(20, 4.5, 128, 128);
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
