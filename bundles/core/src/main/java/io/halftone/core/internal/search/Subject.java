package io.halftone.core.internal.search;

import io.halftone.core.internal.Plugins;
import io.halftone.core.internal.plan.Scan;
import io.halftone.core.internal.quantize.QuantizedModel;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.pipeline.PromptBatch;
import io.halftone.quant.LayerRewrite;
import java.util.List;
import java.util.Map;

/**
 * What is run to be measured.
 *
 * @param pipeline in full precision
 * @param families what was decided for the layers of each family
 * @param batches  prompts that run together
 * @param steps    denoising steps of each
 * @param seed     of the noise of the first batch; each further one has the next
 */
record Subject(OpenPipeline pipeline, List<Decided> families, List<PromptBatch> batches, int steps, long seed) {
    /**
     * The layers of a family as they are quantized.
     *
     * @param model    the weights as changed
     * @param rewrites by layer name
     */
    record Decided(QuantizedModel model, Map<String, LayerRewrite> rewrites) {
        static Decided of(QuantizedModel model, Scan scan, Plugins plugins) {
            return new Decided(model, model.rewrites(scan, plugins));
        }
    }

    Subject {
        families = List.copyOf(families);
        batches = List.copyOf(batches);
    }
}
