package io.halftone.itests.plugin;

import io.halftone.model.ModelSignature.Extent;
import io.halftone.pipeline.Advice;
import io.halftone.pipeline.Preset;
import io.halftone.pipeline.Usage;
import java.util.Map;

/** The one pipeline that there is of this kind. */
public final class DotsPreset implements Preset {
    @Override
    public Map<String, String> files() {
        return Map.of(
            "model_index.json", "{\"_class_name\": \"DotsPipeline\", \"dots\": [\"itests\", \"DotsModel\"], "
                + "\"scheduler\": [\"diffusers\", \"EulerDiscreteScheduler\"]}",
            "dots/config.json", "{\"_class_name\": \"DotsModel\"}",
            "scheduler/scheduler_config.json", "{\"_class_name\": \"EulerDiscreteScheduler\", \"beta_start\": 0.00085, \"beta_end\": 0.012, "
                + "\"beta_schedule\": \"scaled_linear\", \"num_train_timesteps\": 1000, \"prediction_type\": \"epsilon\", "
                + "\"steps_offset\": 1, \"timestep_spacing\": \"leading\"}");
    }

    @Override
    public Usage usage() {
        return new Usage(4, 0, 32, 32);
    }

    @Override
    public Advice advice(String format) {
        return new Advice("max", Map.of(), "peak", 1, 2, 1, 4);
    }

    @Override
    public Map<String, Extent> extents() {
        return Map.of();
    }
}
