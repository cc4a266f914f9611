package io.halftone.core.internal.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halftone.files.PathLock;
import io.halftone.files.Staging;
import io.halftone.imaging.Picture;
import io.halftone.ops.DType;
import io.halftone.ops.Parameters;
import io.halftone.ops.TensorView;
import io.halftone.safetensors.SafetensorsFile;
import io.halftone.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What an evaluation writes: the reports, {@code pictures/VARIANT}, {@code checkpoints}, and in {@code work} what a later run goes on
 * from. A file appears under its name whole, and what is there is not made again.
 */
public final class EvaluationFolder {
    /** The variant that the others are compared with. */
    public static final String REFERENCE = "full";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String IMAGES = "images";
    private static final int MOST_BYTES = 64 << 20;

    private final Path folder;

    public EvaluationFolder(Path folder) {
        this.folder = folder;
    }

    /** The folder itself. */
    public Path path() {
        return folder;
    }

    /**
     * Refuses a folder with pictures of another evaluation.
     *
     * @param identity everything that pictures and numbers depend on beside the variants
     */
    public void claim(ObjectNode identity) throws IOException {
        Path file = folder.resolve("work").resolve("evaluation.json");
        if (!Files.isRegularFile(file)) {
            Files.createDirectories(file.getParent());
            write(file, identity);
            return;
        }
        JsonNode before = read(file);
        // both by way of text: a number's type may change there
        if (!before.equals(JSON.readTree(JSON.writeValueAsBytes(identity)))) {
            List<String> differing = new ArrayList<>();
            identity.fieldNames().forEachRemaining(name -> {
                if (!identity.get(name).toString().equals(before.path(name).toString())) {
                    differing.add(name);
                }
            });
            throw new IllegalArgumentException("out " + folder + ": found an evaluation with another " + String.join(", ", differing)
                + "; expected the same, or a new folder");
        }
    }

    /** Forgets a variant's pictures if they were made with other settings, and remembers these. */
    public void claim(String variant, String settings) throws IOException {
        try (PathLock alone = PathLock.alone(Files.createDirectories(folder.resolve("work")).resolve("claims.lock"))) {
            forget(variant, settings);
        }
    }

    private void forget(String variant, String settings) throws IOException {
        Path file = work(variant).resolve("settings.json");
        ObjectNode now = JSON.createObjectNode().put("settings", settings);
        if (Files.isRegularFile(file) && read(file).equals(now)) {
            return;
        }
        try (Stream<Path> files = Files.list(work(variant))) {
            for (Path old : files.toList()) {
                Files.delete(old);
            }
        }
        write(file, now);
    }

    /** The folder of a variant's working files, made where it is not there. */
    private Path work(String variant) throws IOException {
        return Files.createDirectories(folder.resolve("work").resolve(variant));
    }

    /** A working file of a variant. */
    public Path file(String variant, String name) throws IOException {
        return work(variant).resolve(name);
    }

    /** What is known of a batch of a variant's pictures; there once all of them are. */
    public Path batch(String variant, int index) throws IOException {
        return file(variant, "batch-" + index + ".json");
    }

    /** A picture's file. */
    public Path picture(String variant, Shot shot) {
        return folder.resolve(pictureName(variant, shot));
    }

    /** A picture's file, from the folder. */
    static String pictureName(String variant, Shot shot) {
        return "pictures/" + variant + "/" + shot.fileName();
    }

    /** Where a checkpoint is kept. */
    public Path checkpoint(String name) throws IOException {
        return Files.createDirectories(folder.resolve("checkpoints")).resolve(name);
    }

    /** Keeps the latents and pictures of a reference batch as they are, to compare with. */
    public void keep(int index, EvaluationRun.Outcome outcome) throws IOException {
        Map<String, float[]> tensors = new LinkedHashMap<>();
        for (int call = 0; call < outcome.latents().size(); call++) {
            tensors.put("latents." + call, outcome.latents().get(call));
        }
        for (int i = 0; i < outcome.pictures().size(); i++) {
            tensors.put(IMAGES + "." + i, outcome.pictures().get(i).rgb());
        }
        Map<String, Parameters.Info> infos = new LinkedHashMap<>();
        tensors.forEach((name, values) -> infos.put(name, new Parameters.Info(DType.FLOAT32, new long[] {values.length})));
        try (SafetensorsWriter writer = SafetensorsWriter.create(file(REFERENCE, "batch-" + index + ".safetensors"), infos, Map.of())) {
            for (Map.Entry<String, float[]> tensor : tensors.entrySet()) {
                writer.write(tensor.getKey(), TensorView.ofFloats(tensor.getValue(), tensor.getValue().length));
            }
            writer.commit();
        }
    }

    /** A reference batch's latents and pictures. */
    public EvaluationRun.Outcome kept(int index, int count, int height, int width) throws IOException {
        List<float[]> latents = new ArrayList<>();
        List<Picture> pictures = new ArrayList<>();
        try (SafetensorsFile file = SafetensorsFile.open(file(REFERENCE, "batch-" + index + ".safetensors"))) {
            for (int call = 0; file.names().contains("latents." + call); call++) {
                latents.add(file.read("latents." + call).toFloats());
            }
            for (int i = 0; i < count; i++) {
                pictures.add(Picture.fromPlanar(file.read(IMAGES + "." + i).toFloats(), 0, height, width));
            }
        }
        return new EvaluationRun.Outcome(latents, pictures, List.of());
    }

    /** Reads JSON: UTF-8, at most 64 MiB. */
    public static JsonNode read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new IOException(file + ": found more than " + MOST_BYTES + " bytes; expected at most as many");
            }
            return JSON.readTree(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (JsonProcessingException e) {
            throw new IOException(file + ": found " + e.getOriginalMessage() + "; expected JSON", e);
        } catch (CharacterCodingException e) {
            throw new IOException(file + ": found bytes that are no UTF-8; expected JSON", e);
        }
    }

    /** Writes JSON, whole. */
    public static void write(Path file, JsonNode node) throws IOException {
        write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node) + "\n");
    }

    /** Writes text, whole. */
    public static void write(Path file, String text) throws IOException {
        Staging.write(file, text.getBytes(StandardCharsets.UTF_8));
    }
}
