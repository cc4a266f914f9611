package io.halftone.lora;

import io.halftone.ops.DType;
import io.halftone.ops.TensorView;
import io.halftone.safetensors.Safetensors;
import io.halftone.safetensors.SafetensorsFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A pipeline folder with a UNet in two shards and in a variant, and a text encoder in half precision. */
final class Folders {
    static final Map<String, TensorView> UNET = Map.of(
        "mid_block.proj_in.weight", Samples.random(1, DType.FLOAT32, 4, 3),
        "conv_in.weight", Samples.random(2, DType.FLOAT32, 4, 2, 3, 3),
        "norm.weight", Samples.random(3, DType.FLOAT32, 4));

    private Folders() {}

    static Path pipeline(Path folder) throws IOException {
        Files.createDirectories(folder.resolve("unet"));
        Files.createDirectories(folder.resolve("text_encoder"));
        Files.createDirectories(folder.resolve("scheduler"));
        Files.createDirectories(folder.resolve(".cache"));
        Files.writeString(folder.resolve("model_index.json"), "{\"_class_name\": \"P\"}");
        Files.writeString(folder.resolve(".cache/lock"), "");
        Files.writeString(folder.resolve("scheduler/scheduler_config.json"), "{}");
        Files.writeString(folder.resolve("unet/config.json"), "{\"u\": 1}");
        Files.writeString(folder.resolve("text_encoder/config.json"), "{\"t\": 1}");
        Path unet = folder.resolve("unet");
        Map<String, TensorView> second = new HashMap<>(UNET);
        Samples.write(unet.resolve("diffusion_pytorch_model-00001-of-00002.safetensors"),
            Map.of("conv_in.weight", second.remove("conv_in.weight")), Map.of("format", "pt"));
        Samples.write(unet.resolve("diffusion_pytorch_model-00002-of-00002.safetensors"), second, Map.of("format", "pt"));
        Samples.write(unet.resolve("diffusion_pytorch_model.fp16.safetensors"), UNET);
        Files.writeString(unet.resolve("diffusion_pytorch_model.safetensors.index.json"), "{\"weight_map\": {"
            + "\"conv_in.weight\": \"diffusion_pytorch_model-00001-of-00002.safetensors\","
            + "\"norm.weight\": \"diffusion_pytorch_model-00002-of-00002.safetensors\","
            + "\"mid_block.proj_in.weight\": \"diffusion_pytorch_model-00002-of-00002.safetensors\"}}");
        Samples.write(folder.resolve("text_encoder/model.fp16.safetensors"), Map.of(
            "text_model.fc1.weight", Samples.random(4, DType.FLOAT16, 4, 3),
            "large.weight", Samples.random(5, DType.FLOAT16, 1 << 10, 1 << 9)));
        return folder;
    }

    /** For one layer of the UNet and its convolution, in kohya's spelling. */
    static Path lora(Path file) {
        return Samples.write(file, Map.of(
            "lora_unet_mid_block_proj_in.lora_down.weight", Samples.random(6, DType.FLOAT16, 2, 3),
            "lora_unet_mid_block_proj_in.lora_up.weight", Samples.random(7, DType.FLOAT16, 4, 2),
            "lora_unet_mid_block_proj_in.alpha", Samples.scalar(1),
            "lora_unet_conv_in.lora_down.weight", Samples.random(8, DType.FLOAT16, 2, 2, 3, 3),
            "lora_unet_conv_in.lora_up.weight", Samples.random(9, DType.FLOAT16, 4, 2, 1, 1)));
    }

    /** For the layer of the text encoder, in peft's. */
    static Path textLora(Path file) {
        return Samples.write(file, Map.of(
            "text_encoder.text_model.fc1.lora_A.weight", Samples.random(10, DType.FLOAT32, 1, 3),
            "text_encoder.text_model.fc1.lora_B.weight", Samples.random(11, DType.FLOAT32, 4, 1)));
    }

    /** All tensors of the weights that a loader finds. */
    static SortedMap<String, ByteBuffer> weights(Path component) {
        SortedMap<String, ByteBuffer> tensors = new TreeMap<>();
        try (Safetensors file = SafetensorsFiles.open(component, List.of("diffusion_pytorch_model", "model"))) {
            file.names().forEach(name -> tensors.put(name + " " + file.info(name), file.read(name).bytes()));
        }
        return tensors;
    }

    /** All files in it, by their paths from its top. */
    static List<String> files(Path folder) {
        try (Stream<Path> tree = Files.walk(folder)) {
            return tree.filter(Files::isRegularFile).map(file -> folder.relativize(file).toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
