package io.halftone.synthesis;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.model.ModelConfig;
import io.halftone.model.ModelSignature;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.EagerRuntime;
import io.halftone.ops.Parameters;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;
import io.halftone.ops.TensorView;
import io.halftone.ops.Values;
import io.halftone.torch.internal.TorchRuntime;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Published models in their full depth, made narrow, in float16 with random weights: numbers must neither overflow nor die out. */
class DeepModelsTest {
    private static final Map<String, Map<String, Object>> NARROW = Map.of(
        "sdxl-1.0/unet", Map.of("block_out_channels", List.of(32, 64, 128), "attention_head_dim", List.of(1, 2, 4),
            "cross_attention_dim", 64, "addition_time_embed_dim", 8, "projection_class_embeddings_input_dim", 112),
        "sd2.1/unet", Map.of("block_out_channels", List.of(32, 64, 128, 128), "attention_head_dim", List.of(1, 2, 4, 4),
            "cross_attention_dim", 64),
        "sd3-medium/transformer", Map.of("num_attention_heads", 2, "caption_projection_dim", 128, "joint_attention_dim", 64,
            "pooled_projection_dim", 64, "pos_embed_max_size", 16, "sample_size", 32),
        "flux-dev/transformer", Map.of("num_attention_heads", 1, "joint_attention_dim", 64, "pooled_projection_dim", 64),
        "flux-dev/text_encoder_2", Map.of("d_model", 128, "num_heads", 2, "d_ff", 256, "vocab_size", 100),
        "sdxl-1.0/text_encoder_2", Map.of("hidden_size", 128, "num_attention_heads", 2, "intermediate_size", 256, "projection_dim", 128,
            "vocab_size", 100),
        "sdxl-1.0/vae", Map.of("block_out_channels", List.of(32, 64, 128, 128)));
    private static final Map<String, Long> EXTENTS = Map.of("batch_size", 1L, "height", 8L, "width", 8L, "steps", 1L, "latent_dim", 16L,
        "sequence_length", 16L);

    private static final EagerRuntime RUNTIME = new TorchRuntime(new TorchRuntime.Config() {
        @Override
        public int threads() {
            return 1;
        }

        @Override
        public Class<? extends Annotation> annotationType() {
            return TorchRuntime.Config.class;
        }
    });

    /** Weights that are made when they are read. */
    private record Made(Map<String, Shape> shapes) implements Parameters {
        @Override
        public Set<String> names() {
            return shapes.keySet();
        }

        @Override
        public Info info(String name) {
            return new Info(DType.FLOAT16, shapes.get(name).sizes());
        }

        @Override
        public TensorView read(String name) {
            ByteBuffer bytes = ByteBuffer.allocateDirect((int) info(name).byteLength()).order(ByteOrder.LITTLE_ENDIAN);
            RandomTensor.of(1, "component", name, DType.FLOAT16, TensorScale.of(name, shapes.get(name))).fill(0, bytes);
            return TensorView.host(DType.FLOAT16, info(name).shape(), bytes.flip());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sdxl-1.0/unet", "sd2.1/unet", "sd3-medium/transformer", "flux-dev/transformer", "flux-dev/text_encoder_2",
        "sdxl-1.0/text_encoder_2", "sdxl-1.0/vae"})
    void keepsActivationsInBounds(String which) throws IOException {
        String[] parts = which.split("/");
        Map<String, Object> values = new HashMap<>(Published.of(parts[0]).config().component(parts[1]).asMap());
        values.putAll(NARROW.get(which));
        ModelConfig config = ModelConfig.of(which, values);
        Made weights = new Made(Published.pass(config).parameters());
        float[] output = RUNTIME.run(new EagerRuntime.Task<float[]>() {
            @Override
            public <T> float[] run(EagerRuntime.Context<T> context) {
                EagerOps<T> ops = context.ops(weights, DType.FLOAT16);
                Values<T> outputs = Published.model(config).forward(new Scope<>(ops), config, inputs(ops, config));
                String last = Published.model(config).signature(config).outputs().get(0).name();
                return ops.toFloats(outputs.get(last));
            }
        });
        double square = 0;
        for (float value : output) {
            assertTrue(Float.isFinite(value), () -> "found " + value);
            square += (double) value * value / output.length;
        }
        double deviation = Math.sqrt(square);
        assertTrue(deviation > 0.05 && deviation < 50, "found a deviation of " + deviation);
    }

    /** Numbers like those of a pipeline: latents, embeddings and masks of about 1, a time in the middle, sizes in pixels. */
    private static <T> Values<T> inputs(EagerOps<T> ops, ModelConfig config) {
        Map<String, T> inputs = new LinkedHashMap<>();
        for (ModelSignature.Port port : Published.model(config).signature(config).inputs()) {
            long[] sizes = port.shape().dims().stream().mapToLong(dim -> dim.evaluate(EXTENTS::get)).toArray();
            int count = (int) TensorView.byteLength(DType.INT8, sizes);
            DType type = port.type(DType.FLOAT16);
            if (type == DType.INT64) {
                long[] ids = new long[count];
                for (int i = 0; i < count; i++) {
                    ids[i] = i % 100;
                }
                inputs.put(port.name(), ops.load(TensorView.ofLongs(ids, sizes)));
            } else {
                inputs.put(port.name(), ops.cast(ops.load(TensorView.ofFloats(numbers(port.name(), config, count), sizes)), type));
            }
        }
        return Values.of(inputs);
    }

    private static float[] numbers(String port, ModelConfig config, int count) {
        float[] numbers = new float[count];
        float time = config.className().startsWith("Flux") ? 0.5f : 500;
        ByteBuffer drawn = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
        RandomTensor.of(2, "inputs", port, DType.FLOAT32, new TensorScale(0, 1)).fill(0, drawn);
        for (int i = 0; i < count; i++) {
            numbers[i] = switch (port) {
                case "timestep" -> time;
                case "guidance" -> 3.5f;
                case "time_ids" -> 1024;
                default -> drawn.getFloat(4 * i);
            };
        }
        return numbers;
    }
}
