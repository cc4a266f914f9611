package io.halftone.torch.internal;

import static io.halftone.torch.internal.Tasks.inTask;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.halftone.ops.DType;
import io.halftone.ops.Generator;
import io.halftone.ops.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class TorchGeneratorTest {
    private static final Path GOLDEN = Path.of("../../itests/chain/src/test/resources/golden/sdxl.safetensors");
    private static final Shape SHAPE = Shape.of(2, 4, 16, 16);

    /** {@code torch.randn((2, 4, 16, 16), generator=torch.Generator("cpu").manual_seed(42))} in Python. */
    @Test
    void drawsWhatPythonDraws() throws IOException {
        float[] expected = floats(GOLDEN, "initial_noise");
        inTask(context -> {
            Tensor found = context.generator(42).normal(SHAPE);
            assertEquals(DType.FLOAT32, Types.of(found));
            assertArrayEquals(bits(expected), bits(HostMemory.floats(found)));
        });
    }

    @Test
    void isNotTheGeneratorOfTheProcess() {
        inTask(context -> {
            float[] expected = HostMemory.floats(context.generator(7).normal(SHAPE));
            Generator<Tensor> generator = context.generator(7);
            torch.manual_seed(1);
            torch.randn(100);
            context.generator(8).normal(SHAPE);
            assertArrayEquals(bits(expected), bits(HostMemory.floats(generator.normal(SHAPE))));
        });
    }

    @Test
    void goesOnFromDrawToDraw() {
        inTask(context -> {
            Generator<Tensor> generator = context.generator(7);
            float[] first = HostMemory.floats(generator.normal(SHAPE));
            assertFalse(Arrays.equals(first, HostMemory.floats(generator.normal(SHAPE))));
        });
    }

    @Test
    void outlivesTheRegionItWasMadeIn() {
        inTask(context -> {
            var ops = context.ops(new Tasks.Checkpoint(Map.of()), DType.FLOAT32);
            List<Generator<Tensor>> made = new ArrayList<>();
            ops.region("make", () -> {
                made.add(context.generator(42));
                return List.of();
            });
            assertEquals(SHAPE, ops.shape(made.get(0).normal(SHAPE)));
        });
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
        return bits;
    }

    /** A float32 tensor of a safetensors file. */
    private static float[] floats(Path file, String name) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int header = Math.toIntExact(bytes.getLong());
        String json = new String(bytes.array(), Long.BYTES, header, StandardCharsets.UTF_8);
        Matcher entry = Pattern.compile("\"" + name + "\":\\{\"dtype\":\"F32\",[^}]*\"data_offsets\":\\[(\\d+),(\\d+)]").matcher(json);
        if (!entry.find()) {
            throw new IllegalStateException(file + ": found no " + name + "; expected a float32 tensor of that name");
        }
        int start = Integer.parseInt(entry.group(1));
        float[] values = new float[(Integer.parseInt(entry.group(2)) - start) / Float.BYTES];
        bytes.position(Long.BYTES + header + start).slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }
}
