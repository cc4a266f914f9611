package io.halftone.pipeline;

import io.halftone.model.ModelSignature;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A published pipeline that users know by name: {@code sdxl-1.0}, {@code flux-dev} ... Found by {@link io.halftone.model.Named}. It
 * has no weights: it answers what a level quantizes, what to calibrate with, and what a pipeline of that size costs. Stateless.
 */
@ConsumerType
public interface Preset {
    /**
     * The configuration files as published, JSON by path within the pipeline folder: {@code model_index.json},
     * {@code unet/config.json}, {@code scheduler/scheduler_config.json} ...
     */
    Map<String, String> files();

    /** How it is used. */
    Usage usage();

    /** How to calibrate it in that format. */
    Advice advice(String format);

    /** Least, usual and greatest extent of the backbone's named dimensions in an engine. */
    Map<String, ModelSignature.Extent> extents();
}
