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

/** PixArt-Sigma of 1024 pixels. Source of its files: PixArt-alpha/PixArt-Sigma-XL-2-1024-MS on the hub. */
@Component(service = Preset.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("pixart-sigma")
public final class PixArtSigmaPreset implements Preset {
    private static final PublishedPixArt PUBLISHED = new PublishedPixArt("pixart-sigma", 128, List.of("tokenizer/special_tokens_map.json"));

    @Override
    public Map<String, String> files() {
        return PUBLISHED.files();
    }

    @Override
    public Usage usage() {
        return new Usage(20, 4.5, 1024, 1024);
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
