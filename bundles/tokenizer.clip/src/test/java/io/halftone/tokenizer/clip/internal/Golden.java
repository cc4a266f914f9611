package io.halftone.tokenizer.clip.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** What other implementations computed. */
final class Golden {
    static final Path TINY = Path.of("../../karaf-assembly/src/main/resources/models/tiny-sdxl");
    static final ObjectMapper JSON = new ObjectMapper();
    private static final Path SDXL = Path.of("../../itests/chain/src/test/resources/golden/sdxl.safetensors");

    private Golden() {}

    /** The prompts of the golden run. */
    static String[] prompts() throws IOException {
        return JSON.readValue(header(bytes()).at("/__metadata__/prompts").textValue(), String[].class);
    }

    /** Row by row, the ids that the golden run gave the text encoder. */
    static long[][] clipIds() throws IOException {
        ByteBuffer bytes = bytes();
        JsonNode tensor = header(bytes).path("clip_ids");
        int rows = tensor.at("/shape/0").intValue();
        long[] all = new long[rows * tensor.at("/shape/1").intValue()];
        bytes.position(8 + (int) bytes.getLong(0) + tensor.at("/data_offsets/0").intValue());
        bytes.slice().order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(all);
        long[][] ids = new long[rows][];
        for (int row = 0; row < rows; row++) {
            ids[row] = Arrays.copyOfRange(all, row * all.length / rows, (row + 1) * all.length / rows);
        }
        return ids;
    }

    private static ByteBuffer bytes() throws IOException {
        return ByteBuffer.wrap(Files.readAllBytes(SDXL)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static JsonNode header(ByteBuffer bytes) throws IOException {
        return JSON.readTree(bytes.array(), 8, (int) bytes.getLong(0));
    }
}
