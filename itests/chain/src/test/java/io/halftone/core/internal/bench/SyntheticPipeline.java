package io.halftone.core.internal.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halftone.core.internal.plan.Scan;
import io.halftone.diffusers.internal.DiffusersFolders;
import io.halftone.model.ModelConfig;
import io.halftone.ops.DType;
import io.halftone.ops.Float16;
import io.halftone.ops.Parameters;
import io.halftone.ops.Shape;
import io.halftone.ops.TensorView;
import io.halftone.safetensors.SafetensorsWriter;
import io.halftone.unet.internal.UNet2DConditionAdapter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Makes a pipeline folder whose UNet has a given configuration and random float16 weights, for measurements at true sizes: the
 * other components are copied. Arguments: a pipeline folder to copy, a UNet configuration, the folder to make, and optionally how many
 * layers each transformer block has, which sets the size.
 */
public final class SyntheticPipeline {
    private SyntheticPipeline() {}

    public static void main(String[] args) throws IOException {
        Path from = Path.of(args[0]);
        Path to = Path.of(args[2]);
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                Path target = to.resolve(from.relativize(file).toString());
                if (!target.startsWith(to.resolve("unet"))) {
                    Files.createDirectories(target.getParent());
                    Files.copy(file, target);
                }
            }
        }
        Path unet = Files.createDirectories(to.resolve("unet"));
        ObjectMapper json = new ObjectMapper();
        ObjectNode root = (ObjectNode) json.readTree(Path.of(args[1]).toFile());
        if (args.length > 3) {
            root.put("transformer_layers_per_block", Integer.parseInt(args[3]));
        }
        json.writeValue(unet.resolve("config.json").toFile(), root);
        ModelConfig config = new DiffusersFolders().config(unet.resolve("config.json"));
        Map<String, Shape> shapes = Scan.of(new UNet2DConditionAdapter(), config).parameters();
        Map<String, Parameters.Info> infos = new TreeMap<>();
        shapes.forEach((name, shape) -> infos.put(name, new Parameters.Info(DType.FLOAT16, shape.sizes())));
        long state = 1;
        try (SafetensorsWriter writer = SafetensorsWriter.create(unet.resolve("diffusion_pytorch_model.fp16.safetensors"), infos, Map.of("format", "pt"))) {
            for (String name : writer.names()) {
                long[] sizes = infos.get(name).shape();
                boolean weight = sizes.length > 1;
                long fanIn = weight ? infos.get(name).byteLength() / 2 / sizes[0] : 1;
                ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(infos.get(name).byteLength())).order(ByteOrder.LITTLE_ENDIAN);
                while (bytes.hasRemaining()) {
                    state = state * 6364136223846793005L + 1442695040888963407L;
                    float uniform = (state >>> 40) / (float) (1 << 24) * 2 - 1;
                    boolean gain = !weight && name.endsWith(".weight");
                    bytes.putShort(Float16.fromFloat(gain ? 1 : weight ? (float) (uniform * Math.sqrt(3.0 / fanIn)) : 0));
                }
                writer.write(name, TensorView.host(DType.FLOAT16, sizes, bytes.flip()));
            }
            writer.commit();
        }
        long largest = infos.values().stream().mapToLong(Parameters.Info::byteLength).max().orElseThrow();
        long all = infos.values().stream().mapToLong(Parameters.Info::byteLength).sum();
        System.out.println(infos.size() + " tensors, " + all / 1_000_000 + " MB, the largest " + largest / 1_000_000 + " MB");
    }
}
