package io.halftone.synthesis;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.halftone.ops.Parameters;
import io.halftone.ops.Shape;
import io.halftone.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * The weights of one component: one file, or shards with an index where there are more bytes than one file holds.
 *
 * @param component  its folder's name
 * @param stem       what its files are called
 * @param shardBytes the most bytes of tensors in one file; a tensor that is larger has one of its own
 * @param mark       what the files say of themselves
 */
record WeightFiles(String component, String stem, long shardBytes, String mark) {
    private static final String SUFFIX = ".safetensors";

    /** The type and shape of every parameter. */
    static Map<String, Parameters.Info> infos(Map<String, Shape> parameters, SynthesisOptions options) {
        Map<String, Parameters.Info> infos = new LinkedHashMap<>();
        parameters.forEach((name, shape) -> infos.put(name, new Parameters.Info(options.type(), shape.sizes())));
        return infos;
    }

    /**
     * Writes the files.
     *
     * @param parameters in the order in which they go to shards
     * @param written    told of the bytes of each tensor
     */
    void write(Path folder, Map<String, Shape> parameters, SynthesisOptions options, Drawing drawing, LongConsumer written)
            throws IOException {
        Map<String, Parameters.Info> infos = infos(parameters, options);
        List<List<String>> shards = shards(infos);
        Map<String, String> fileOf = new LinkedHashMap<>();
        for (int i = 0; i < shards.size(); i++) {
            String file = shards.size() == 1 ? stem + SUFFIX : String.format("%s-%05d-of-%05d%s", stem, i + 1, shards.size(), SUFFIX);
            Map<String, Parameters.Info> tensors = new LinkedHashMap<>();
            for (String name : shards.get(i)) {
                tensors.put(name, infos.get(name));
                fileOf.put(name, file);
            }
            writeFile(folder.resolve(file), tensors, parameters, options, drawing, written);
        }
        if (shards.size() > 1) {
            writeIndex(folder.resolve(stem + SUFFIX + ".index.json"), infos, fileOf);
        }
    }

    private List<List<String>> shards(Map<String, Parameters.Info> infos) {
        List<List<String>> shards = new ArrayList<>(List.of(new ArrayList<>()));
        long bytes = 0;
        for (var tensor : infos.entrySet()) {
            long more = tensor.getValue().byteLength();
            if (bytes > 0 && bytes + more > shardBytes) {
                shards.add(new ArrayList<>());
                bytes = 0;
            }
            shards.get(shards.size() - 1).add(tensor.getKey());
            bytes += more;
        }
        return shards;
    }

    private void writeFile(Path file, Map<String, Parameters.Info> tensors, Map<String, Shape> parameters, SynthesisOptions options,
                           Drawing drawing, LongConsumer written) throws IOException {
        try (var writer = SafetensorsWriter.create(file, tensors, Map.of("format", "pt", PipelineSynthesis.MARK, mark))) {
            Map<String, Drawing.Drawn> drawn = new LinkedHashMap<>();
            for (String name : writer.names()) {
                var tensor = RandomTensor.of(options.seed(), component, name, options.type(), TensorScale.of(name, parameters.get(name)));
                drawn.put(name, new Drawing.Drawn(tensor, tensors.get(name).byteLength()));
            }
            drawing.start(List.copyOf(drawn.values()));
            for (var tensor : drawn.entrySet()) {
                writer.write(tensor.getKey(), target -> drawing.write(tensor.getValue(), target));
                written.accept(tensor.getValue().bytes());
            }
            writer.commit();
        }
    }

    private void writeIndex(Path file, Map<String, Parameters.Info> infos, Map<String, String> fileOf) throws IOException {
        try (OutputStream out = Files.newOutputStream(file); JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            json.writeObjectFieldStart("metadata");
            json.writeStringField(PipelineSynthesis.MARK, mark);
            json.writeNumberField("total_size", infos.values().stream().mapToLong(Parameters.Info::byteLength).sum());
            json.writeEndObject();
            json.writeObjectFieldStart("weight_map");
            for (var entry : fileOf.entrySet()) {
                json.writeStringField(entry.getKey(), entry.getValue());
            }
            json.writeEndObject();
            json.writeEndObject();
        }
    }
}
