package io.halftone.synthesis;

import io.halftone.model.ModelConfig;
import io.halftone.ops.Parameters;
import io.halftone.ops.Shape;
import io.halftone.pipeline.PipelineConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes pipeline folders of true shapes with random weights. A folder says of itself that it is synthetic: in its index, and in
 * every file of weights.
 */
public final class PipelineSynthesis {
    /** The key under which a file of weights says in its metadata that it is synthetic. */
    public static final String MARK = "halftone_synthetic";

    /** The same in {@code model_index.json}; diffusers does not read keys that begin like this. */
    private static final String INDEX_MARK = "_" + MARK;
    private static final String INDEX = "model_index.json";
    private static final String TOKENIZER = "tokenizer";
    /** The most bytes of one file as diffusers and as transformers save them. */
    private static final long DIFFUSERS_SHARD = 10_000_000_000L;
    private static final long TRANSFORMERS_SHARD = 5_000_000_000L;

    private PipelineSynthesis() {}

    /** What a folder that was written here says of itself, such as {@code random weights of seed 1}; empty for any other. */
    public static Optional<String> mark(PipelineConfig config) {
        return config.index().has(INDEX_MARK) ? Optional.of(config.index().string(INDEX_MARK)) : Optional.empty();
    }

    /**
     * Writes a folder, which appears when it is whole. Its tokenizers have the published ones' ids, but split words otherwise.
     *
     * @param files      the configuration, JSON by path within the folder
     * @param config     the same, read
     * @param parameters shape by name, for each component that gets weights
     * @param target     is not there yet, or empty
     * @throws IllegalArgumentException if the target is a file or a folder with something in it, or the configuration has not what
     *                                  a component or a tokenizer needs
     * @throws IOException              if the disk has not the room, or cannot be written
     */
    public static void write(Map<String, String> files, PipelineConfig config, Map<String, Map<String, Shape>> parameters, Path target,
                             SynthesisOptions options, Progress progress) throws IOException {
        parameters.keySet().forEach(config::component);
        String mark = "random weights of seed " + options.seed();
        long all = 0;
        for (Map<String, Shape> component : parameters.values()) {
            all += WeightFiles.infos(component, options).values().stream().mapToLong(Parameters.Info::byteLength).sum();
        }
        try (NewFolder folder = NewFolder.create(target)) {
            requireRoom(folder.path(), target, all);
            try (Drawing drawing = new Drawing(options.threads())) {
                writeTexts(files, config, mark, folder.path());
                Tally tally = new Tally(all, progress);
                for (var component : parameters.entrySet()) {
                    Path its = Files.createDirectories(folder.path().resolve(component.getKey()));
                    weightFiles(config, component.getKey(), mark).write(its, component.getValue(), options, drawing, tally::add);
                }
            } catch (IOException e) {
                throw folder.named(e);
            }
            folder.commit();
        }
    }

    private static void requireRoom(Path folder, Path target, long bytes) throws IOException {
        long room = Files.getFileStore(folder).getUsableSpace();
        if (room < bytes) {
            throw new IOException(target + ": found room for " + room + " bytes; expected " + bytes + " for the weights alone");
        }
    }

    private static void writeTexts(Map<String, String> files, PipelineConfig config, String mark, Path folder) throws IOException {
        for (var file : files.entrySet()) {
            Path path = folder.resolve(file.getKey()).normalize();
            if (!path.startsWith(folder)) {
                throw new IllegalArgumentException(file.getKey() + ": found a path that leads elsewhere; expected one within the folder");
            }
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getKey().equals(INDEX) ? marked(file.getValue(), mark) : file.getValue());
        }
        for (String component : config.components().keySet()) {
            if (component.startsWith(TOKENIZER)) {
                writeTokenizer(config, component, Files.createDirectories(folder.resolve(component)));
            }
        }
    }

    /** An index that says so first. */
    private static String marked(String index, String mark) {
        int open = index.indexOf('{') + 1;
        return index.substring(0, open) + "\n  \"" + INDEX_MARK + "\": \"" + mark + "\"," + index.substring(open);
    }

    private static void writeTokenizer(PipelineConfig config, String component, Path folder) throws IOException {
        ModelConfig tokenizer = config.component(component);
        int vocabulary = config.component("text_encoder" + component.substring(TOKENIZER.length())).intValue("vocab_size");
        String type = tokenizer.string("tokenizer_class");
        if (type.startsWith("CLIP")) {
            new ClipTokenizerFiles(vocabulary).write(folder);
        } else if (type.startsWith("T5")) {
            T5TokenizerFile.of(tokenizer, vocabulary).write(folder);
        } else {
            throw new IllegalArgumentException(tokenizer.source() + ": tokenizer_class: found " + type
                + "; expected one of CLIP's or T5's");
        }
    }

    private static WeightFiles weightFiles(PipelineConfig config, String component, String mark) {
        boolean transformers = config.index().asMap().get(component) instanceof List<?> entry && "transformers".equals(entry.get(0));
        return transformers
            ? new WeightFiles(component, "model", TRANSFORMERS_SHARD, mark)
            : new WeightFiles(component, "diffusion_pytorch_model", DIFFUSERS_SHARD, mark);
    }

    /** Adds up what is written. */
    private static final class Tally {
        private final long all;
        private final Progress progress;
        private long bytes;

        Tally(long all, Progress progress) {
            this.all = all;
            this.progress = progress;
        }

        void add(long more) {
            bytes += more;
            progress.written(bytes, all);
        }
    }
}
