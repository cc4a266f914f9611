package io.halftone.synthesis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.level.reference.internal.EarlyReferencePolicy;
import io.halftone.level.reference.internal.ReferencePolicy;
import io.halftone.model.ModelConfig;
import io.halftone.model.ModelSignature.Extent;
import io.halftone.ops.Layer;
import io.halftone.ops.Shape;
import io.halftone.pipeline.PipelineSpec;
import io.halftone.pipeline.Schedule;
import io.halftone.pipeline.Scheduler;
import io.halftone.quant.LevelPolicy;
import io.halftone.quant.QuantLevel;
import io.halftone.quant.Slot;
import io.halftone.scheduler.ancestral.internal.AncestralScheduler;
import io.halftone.scheduler.ddim.internal.DdimScheduler;
import io.halftone.scheduler.euler.internal.EulerScheduler;
import io.halftone.scheduler.flowmatch.internal.FlowMatchScheduler;
import io.halftone.scheduler.pndm.internal.PndmScheduler;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is made of the presets, beside what is known of the published models. */
class PublishedTest {
    private static final Map<String, Scheduler> SCHEDULERS = Map.of("EulerDiscreteScheduler", new EulerScheduler(),
        "EulerAncestralDiscreteScheduler", new AncestralScheduler(), "DDIMScheduler", new DdimScheduler(), "PNDMScheduler", new PndmScheduler(),
        "FlowMatchEulerDiscreteScheduler", new FlowMatchScheduler());

    /** Weights of the published files, as their sizes on the hub have it; of the autoencoder, the decoder's. */
    @ParameterizedTest(name = "{0}: {1} has {2} parameters")
    @CsvSource({
        "sdxl-1.0, unet, 2567463684", "sdxl-turbo, unet, 2567463684", "sd2.1, unet, 865910724", "sd2.1-base, unet, 865910724",
        "flux-dev, transformer, 11901408320", "flux-schnell, transformer, 11891178560",
        // 2028328000, and the table of positions, which the file has and parameters do not count
        "sd3-medium, transformer, 2084951104",
        "sdxl-1.0, text_encoder, 123060480", "sdxl-1.0, text_encoder_2, 694659840", "sd2.1, text_encoder, 340387840",
        "sd3-medium, text_encoder, 123650304", "sd3-medium, text_encoder_2, 694659840", "sd3-medium, text_encoder_3, 4762310656",
        "flux-dev, text_encoder, 123060480", "flux-dev, text_encoder_2, 4762310656",
        "sdxl-1.0, vae, 49490199", "sd2.1, vae, 49490199", "sd3-medium, vae, 49545475", "flux-dev, vae, 49545475",
    })
    void hasAsManyParametersAsThePublishedModel(String name, String component, long parameters) {
        assertEquals(parameters, Published.of(name).pass(component).parameters().values().stream()
            .mapToLong(shape -> shape.count().size()).sum());
    }

    /** Source: the counts of NVIDIA Model Optimizer's rules over the modules of diffusers. */
    @ParameterizedTest(name = "{0} at level {1}: {2} convolutions, {3} linear layers, {4} attentions")
    @CsvSource({
        "sdxl-1.0, 1, 38, 0, 0", "sdxl-1.0, 2, 38, 140, 0", "sdxl-1.0, 2.5, 38, 560, 0", "sdxl-1.0, 3, 38, 722, 0",
        "sdxl-1.0, 4, 38, 722, 140",
        "sdxl-turbo, 1, 38, 0, 0", "sdxl-turbo, 2, 38, 140, 0", "sdxl-turbo, 2.5, 38, 560, 0", "sdxl-turbo, 3, 38, 722, 0",
        "sdxl-turbo, 4, 38, 722, 140",
        "sd2.1, 1, 50, 0, 0", "sd2.1, 2, 50, 32, 0", "sd2.1, 2.5, 50, 128, 0", "sd2.1, 3, 50, 192, 0", "sd2.1, 4, 50, 192, 32",
        "sd2.1-base, 1, 50, 0, 0", "sd2.1-base, 2, 50, 32, 0", "sd2.1-base, 2.5, 50, 128, 0", "sd2.1-base, 3, 50, 192, 0",
        "sd2.1-base, 4, 50, 192, 32",
        "sd3-medium, 1, 0, 0, 0", "sd3-medium, 2, 0, 48, 0", "sd3-medium, 2.5, 0, 120, 0", "sd3-medium, 3, 0, 333, 0",
        "sd3-medium, 4, 0, 333, 24",
        "flux-dev, 1, 0, 0, 0", "flux-dev, 2, 0, 38, 0", "flux-dev, 2.5, 0, 209, 0", "flux-dev, 3, 0, 494, 0", "flux-dev, 4, 0, 494, 57",
        "flux-schnell, 1, 0, 0, 0", "flux-schnell, 2, 0, 38, 0", "flux-schnell, 2.5, 0, 209, 0", "flux-schnell, 3, 0, 494, 0",
        "flux-schnell, 4, 0, 494, 57",
    })
    void hasAsManyLayersAtEachLevelAsThePublishedTool(String name, String level, long convolutions, long linears, long attentions) {
        assertEquals(List.of(convolutions, linears, attentions), counts(name, level, new ReferencePolicy()));
    }

    /** Release 0.21 of the same tool quantizes the layer that takes FLUX's latents in. */
    @ParameterizedTest(name = "{0} at level {1}: {2} convolutions, {3} linear layers, {4} attentions")
    @CsvSource({"sdxl-1.0, 4, 38, 722, 140", "sd2.1, 3, 50, 192, 0", "sd3-medium, 3, 0, 333, 0", "flux-dev, 2.5, 0, 209, 0",
        "flux-dev, 3, 0, 495, 0", "flux-dev, 4, 0, 495, 57"})
    void hasAsManyLayersAtEachLevelAsItsFirstRelease(String name, String level, long convolutions, long linears, long attentions) {
        assertEquals(List.of(convolutions, linears, attentions), counts(name, level, new EarlyReferencePolicy()));
    }

    private static List<Long> counts(String name, String level, LevelPolicy policy) {
        Published published = Published.of(name);
        List<Layer> chosen = published.pass(published.backbone()).layers().stream()
            .filter(layer -> !policy.slots(new QuantLevel(level), layer).isEmpty()).toList();
        return List.of(count(chosen, Layer.Conv.class), count(chosen, Layer.Linear.class), count(chosen, Layer.Attention.class));
    }

    private static long count(List<Layer> layers, Class<? extends Layer> kind) {
        return layers.stream().filter(kind::isInstance).count();
    }

    @ParameterizedTest(name = "{0}: {1} calls in calibration, the first at time {2}")
    @CsvSource({"sdxl-1.0, 20, 951", "sdxl-turbo, 4, 999", "sd2.1, 20, 951", "sd2.1-base, 21, 951", "sd3-medium, 20, 1000", "flux-dev, 20, 1000",
        "flux-schnell, 4, 1000"})
    void hasASchedulerThatRuns(String name, int calls, double first) {
        Published published = Published.of(name);
        ModelConfig config = published.config().component("scheduler");
        PipelineSpec spec = published.spec();
        Scheduler.Run run = spec.run(published.preset().advice("fp8").steps(), spec.height(), spec.width());
        Schedule schedule = SCHEDULERS.get(config.className()).schedule(config, run);
        assertEquals(calls, schedule.calls());
        assertEquals(first, schedule.timestep(0), 1e-3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sdxl-1.0", "sdxl-turbo", "sd2.1", "sd2.1-base", "sd3-medium", "flux-dev", "flux-schnell"})
    void boundsEveryNamedDimensionOfTheBackbone(String name) {
        Published published = Published.of(name);
        Map<String, Extent> extents = published.preset().extents();
        Map<String, Extent> possible = published.signature(published.backbone()).extents();
        assertEquals(possible.keySet(), extents.keySet());
        for (Map.Entry<String, Extent> extent : extents.entrySet()) {
            Extent all = possible.get(extent.getKey());
            assertTrue(all.least() <= extent.getValue().least() && extent.getValue().greatest() <= all.greatest(),
                () -> extent.getKey() + ": found " + extent.getValue() + "; expected it within " + all);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sdxl-1.0", "sdxl-turbo", "sd2.1", "sd2.1-base", "sd3-medium", "flux-dev", "flux-schnell"})
    void quantizesNothingButWeightsAndInputsBelowLevel4(String name) {
        Published published = Published.of(name);
        for (Layer layer : published.pass(published.backbone()).layers()) {
            Set<Slot> slots = new ReferencePolicy().slots(new QuantLevel("3"), layer);
            assertFalse(!slots.isEmpty() && !slots.equals(Set.of(Slot.INPUT, Slot.WEIGHT)), layer.name());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sdxl-1.0", "sd2.1", "sd3-medium", "flux-dev"})
    void knowsEveryExtentOfEveryParameter(String name) {
        Published published = Published.of(name);
        assertEquals(List.of(), published.pass(published.backbone()).parameters().values().stream().filter(s -> !s.isNumbers())
            .map(Shape::toString).toList());
    }
}
