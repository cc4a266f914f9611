package io.halftone.synthesis;

import io.halftone.autoencoder.internal.AutoencoderKlAdapter;
import io.halftone.clip.internal.ClipTextAdapter;
import io.halftone.diffusers.internal.DiffusersFolders;
import io.halftone.flux.internal.FluxAdapter;
import io.halftone.flux.internal.FluxDevPreset;
import io.halftone.flux.internal.FluxSchnellPreset;
import io.halftone.flux.internal.FluxTransformerAdapter;
import io.halftone.model.ModelAdapter;
import io.halftone.model.ModelConfig;
import io.halftone.model.ModelSignature;
import io.halftone.ops.DType;
import io.halftone.ops.Scope;
import io.halftone.ops.Values;
import io.halftone.ops.shape.Meta;
import io.halftone.ops.shape.ShapeOps;
import io.halftone.pipeline.PipelineAdapter;
import io.halftone.pipeline.PipelineConfig;
import io.halftone.pipeline.PipelineSpec;
import io.halftone.pipeline.Preset;
import io.halftone.sd2.internal.Sd21BasePreset;
import io.halftone.sd2.internal.Sd21Preset;
import io.halftone.sd2.internal.StableDiffusionAdapter;
import io.halftone.sd3.internal.Sd3MediumPreset;
import io.halftone.sd3.internal.Sd3TransformerAdapter;
import io.halftone.sd3.internal.StableDiffusion3Adapter;
import io.halftone.sdxl.internal.Sdxl10Preset;
import io.halftone.sdxl.internal.SdxlTurboPreset;
import io.halftone.sdxl.internal.StableDiffusionXlAdapter;
import io.halftone.t5.internal.T5EncoderAdapter;
import io.halftone.unet.internal.UNet2DConditionAdapter;
import java.util.LinkedHashMap;
import java.util.Map;

/** A published pipeline by its preset's name, and what its models are made of. */
record Published(String name, Preset preset, PipelineConfig config) {
    private static final Map<String, Preset> PRESETS = Map.of("sdxl-1.0", new Sdxl10Preset(), "sdxl-turbo", new SdxlTurboPreset(),
        "sd2.1", new Sd21Preset(), "sd2.1-base", new Sd21BasePreset(), "sd3-medium", new Sd3MediumPreset(),
        "flux-dev", new FluxDevPreset(), "flux-schnell", new FluxSchnellPreset());
    private static final Map<String, ModelAdapter> MODELS = Map.of("UNet2DConditionModel", new UNet2DConditionAdapter(),
        "SD3Transformer2DModel", new Sd3TransformerAdapter(), "FluxTransformer2DModel", new FluxTransformerAdapter(),
        "AutoencoderKL", new AutoencoderKlAdapter(), "CLIPTextModel", new ClipTextAdapter(),
        "CLIPTextModelWithProjection", new ClipTextAdapter(), "T5EncoderModel", new T5EncoderAdapter());
    private static final Map<String, PipelineAdapter> PIPELINES = Map.of("StableDiffusionXLPipeline", new StableDiffusionXlAdapter(),
        "StableDiffusionPipeline", new StableDiffusionAdapter(), "StableDiffusion3Pipeline", new StableDiffusion3Adapter(),
        "FluxPipeline", new FluxAdapter());

    static Published of(String name) {
        Preset preset = PRESETS.get(name);
        return new Published(name, preset, new DiffusersFolders().configuration(name, preset.files()));
    }

    PipelineSpec spec() {
        return PIPELINES.get(config.index().className()).spec(config);
    }

    String backbone() {
        return spec().backbone();
    }

    /** The inputs and outputs of a component. */
    ModelSignature signature(String component) {
        ModelConfig model = config.component(component);
        return MODELS.get(model.className()).signature(model);
    }

    /** The adapter of a model. */
    static ModelAdapter model(ModelConfig config) {
        return MODELS.get(config.className());
    }

    /** A pass of a component over shapes. */
    ShapeOps pass(String component) {
        return pass(config.component(component));
    }

    /** A pass of a model over shapes. */
    static ShapeOps pass(ModelConfig model) {
        ModelAdapter adapter = MODELS.get(model.className());
        ShapeOps ops = new ShapeOps(DType.FLOAT16);
        Map<String, Meta> inputs = new LinkedHashMap<>();
        for (ModelSignature.Port port : adapter.signature(model).inputs()) {
            inputs.put(port.name(), new Meta(port.shape(), port.type(DType.FLOAT16)));
        }
        adapter.forward(new Scope<>(ops), model, Values.of(inputs));
        return ops;
    }
}
