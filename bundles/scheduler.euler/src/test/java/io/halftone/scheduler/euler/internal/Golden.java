package io.halftone.scheduler.euler.internal;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.halftone.model.ModelConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** What diffusers computed for tiny-sdxl in 20 steps. */
final class Golden {
    static final ObjectMapper JSON = new ObjectMapper();
    private static final Path SCHEDULER =
        Path.of("../../karaf-assembly/src/main/resources/models/tiny-sdxl/scheduler/scheduler_config.json");
    private static final Path SDXL = Path.of("../../itests/chain/src/test/resources/golden/sdxl.safetensors");

    private final ByteBuffer bytes;
    private final JsonNode header;

    Golden() throws IOException {
        bytes = ByteBuffer.wrap(Files.readAllBytes(SDXL)).order(ByteOrder.LITTLE_ENDIAN);
        header = JSON.readTree(bytes.array(), 8, (int) bytes.getLong(0));
    }

    /** A float32 tensor's elements. */
    float[] floats(String name) {
        JsonNode offsets = header.path(name).path("data_offsets");
        int begin = offsets.path(0).intValue();
        float[] values = new float[(offsets.path(1).intValue() - begin) / Float.BYTES];
        ByteBuffer tensor = bytes.slice(8 + (int) bytes.getLong(0) + begin, values.length * Float.BYTES);
        tensor.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }

    /** The scheduler's configuration. */
    static ModelConfig config() throws IOException {
        return ModelConfig.of("scheduler_config.json", map(JSON.readTree(SCHEDULER.toFile())));
    }

    static Map<String, Object> map(JsonNode object) {
        return JSON.convertValue(object, new TypeReference<>() {});
    }
}
