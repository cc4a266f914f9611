package io.halftone.core.internal;

import io.halftone.algorithm.max.internal.MaxAlgorithm;
import io.halftone.algorithm.smoothquant.internal.SmoothQuantAlgorithm;
import io.halftone.api.Halftone;
import io.halftone.api.PipelineSource;
import io.halftone.autoencoder.internal.AutoencoderKlAdapter;
import io.halftone.clip.internal.ClipTextAdapter;
import io.halftone.collector.max.internal.MaxCollector;
import io.halftone.collector.step.internal.MinMeanCollector;
import io.halftone.core.internal.Plugins.Family;
import io.halftone.core.internal.Plugins.Plugin;
import io.halftone.core.internal.plan.ModelFolders;
import io.halftone.core.internal.task.Workplace;
import io.halftone.diffusers.internal.DiffusersFolders;
import io.halftone.flux.internal.FluxAdapter;
import io.halftone.flux.internal.FluxTransformerAdapter;
import io.halftone.format.int8.internal.Int8Format;
import io.halftone.level.reference.internal.ReferencePolicy;
import io.halftone.level.standard.internal.StandardPolicy;
import io.halftone.onnx.internal.OnnxExporter;
import io.halftone.onnxruntime.internal.OnnxRuntimeEngineBuilder;
import io.halftone.ops.DType;
import io.halftone.ops.EagerRuntime;
import io.halftone.scheduler.ancestral.internal.AncestralScheduler;
import io.halftone.scheduler.ddim.internal.DdimScheduler;
import io.halftone.scheduler.dpm.internal.DpmScheduler;
import io.halftone.scheduler.euler.internal.EulerScheduler;
import io.halftone.scheduler.flowmatch.internal.FlowMatchScheduler;
import io.halftone.scheduler.pndm.internal.PndmScheduler;
import io.halftone.sd2.internal.StableDiffusionAdapter;
import io.halftone.sd3.internal.Sd3TransformerAdapter;
import io.halftone.sd3.internal.StableDiffusion3Adapter;
import io.halftone.sdxl.internal.StableDiffusionXlAdapter;
import io.halftone.t5.internal.T5EncoderAdapter;
import io.halftone.tokenizer.clip.internal.ClipTokenizerLoader;
import io.halftone.tokenizer.t5.internal.T5TokenizerLoader;
import io.halftone.torch.internal.TorchRuntime;
import io.halftone.unet.internal.UNet2DConditionAdapter;
import java.lang.annotation.Annotation;
import java.nio.file.Path;
import java.util.List;

/** Every plugin of the distribution, wired by hand. */
public final class Chain {
    public static final Path MODELS = Path.of(System.getProperty("halftone.models"));
    /** Of the tiny SDXL. */
    public static final Path GOLDEN = golden("sdxl");
    public static final PipelineSource TINY = new PipelineSource("", "tiny-sdxl", DType.FLOAT32);
    public static final EagerRuntime RUNTIME = new TorchRuntime(new TorchRuntime.Config() {
        @Override
        public int threads() {
            return 2;
        }

        @Override
        public Class<? extends Annotation> annotationType() {
            return TorchRuntime.Config.class;
        }
    });
    public static final Plugins PLUGINS = new Plugins(
        new Family<>("model-adapter", List.of(Plugin.of(new UNet2DConditionAdapter(), "UNet2DConditionModel"),
            Plugin.of(new ClipTextAdapter(), "CLIPTextModel", "CLIPTextModelWithProjection"),
            Plugin.of(new T5EncoderAdapter(), "T5EncoderModel"), Plugin.of(new AutoencoderKlAdapter(), "AutoencoderKL"),
            Plugin.of(new Sd3TransformerAdapter(), "SD3Transformer2DModel"),
            Plugin.of(new FluxTransformerAdapter(), "FluxTransformer2DModel"))),
        new Family<>("pipeline", List.of(Plugin.of(new StableDiffusionXlAdapter(), "StableDiffusionXLPipeline"),
            Plugin.of(new StableDiffusionAdapter(), "StableDiffusionPipeline"),
            Plugin.of(new StableDiffusion3Adapter(), "StableDiffusion3Pipeline"), Plugin.of(new FluxAdapter(), "FluxPipeline"))),
        new Family<>("scheduler", List.of(Plugin.of(new EulerScheduler(), "EulerDiscreteScheduler"),
            Plugin.of(new AncestralScheduler(), "EulerAncestralDiscreteScheduler"), Plugin.of(new DdimScheduler(), "DDIMScheduler"),
            Plugin.of(new PndmScheduler(), "PNDMScheduler"), Plugin.of(new DpmScheduler(), "DPMSolverMultistepScheduler"),
            Plugin.of(new FlowMatchScheduler(), "FlowMatchEulerDiscreteScheduler"))),
        new Family<>("tokenizer", List.of(Plugin.of(new ClipTokenizerLoader(), "CLIPTokenizer"),
            Plugin.of(new T5TokenizerLoader(), "T5Tokenizer", "TokenizersBackend"))),
        new Family<>("format", List.of(Plugin.of(new Int8Format(), "int8"))),
        new Family<>("policy", List.of(Plugin.of(new StandardPolicy(), "standard"), Plugin.of(new ReferencePolicy(), "reference"))),
        new Family<>("collector", List.of(Plugin.of(new MaxCollector(), "default", "max"), Plugin.of(new MinMeanCollector(), "min-mean"))),
        new Family<>("algorithm", List.of(Plugin.of(new MaxAlgorithm(), "max"), Plugin.of(new SmoothQuantAlgorithm(), "smoothquant"))),
        new Family<>("exporter", List.of(Plugin.of(new OnnxExporter(), "onnx"))),
        new Family<>("engine", List.of(Plugin.of(new OnnxRuntimeEngineBuilder(), "onnxruntime"))));
    public static final Workplace WORK = new Workplace(PLUGINS, new DiffusersFolders(), RUNTIME, new ModelFolders(List.of(MODELS)));

    private Chain() {}

    /** What diffusers computed with the tiny pipeline of that name; the metadata holds the call. */
    public static Path golden(String name) {
        return Path.of("src/test/resources/golden", name + ".safetensors");
    }

    /** The service over these plugins. */
    public static Halftone halftone() {
        return new HalftoneService(() -> PLUGINS, WORK.opener(), RUNTIME, WORK.models());
    }
}
