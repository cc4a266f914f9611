package io.halftone.fuzz;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.halftone.export.Engine;
import io.halftone.export.EngineException;
import io.halftone.onnxruntime.internal.OnnxRuntimeEngineBuilder;
import io.halftone.ops.CheckpointException;
import io.halftone.ops.DType;
import io.halftone.ops.TensorView;
import io.halftone.ops.Values;
import io.halftone.pipeline.Tokenizer;
import io.halftone.tokenizer.t5.internal.T5TokenizerLoader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A process of its own that has native libraries read inputs: what ends it leaves the input that it was about. Says how many inputs
 * there were, and how many the libraries took.
 */
public final class NativeRun {
    private static final long SEED = 20261123;
    private static final List<String> TEXTS = List.of("", "a photo of the \u00e4pfel", "  two  spaces\n\u3000", "\ud83e\udd8a<extra_id_0></s>", "a".repeat(300));
    private static final int LONGEST = 64;
    /** Numbers at the ends of their types, and what the tokenizers library has names for. */
    private static final List<String> VALUES = List.of("0", "1", "-1", "7", "1e308", "-1e308", "1e-320", "2147483647", "-2147483648", "4294967295",
        "18446744073709551615", "null", "true", "false", "[]", "{}", "\"\"", "\"a\"", "\"\\u2581\"", "\"\\u0000\"", "\"\\ud83e\\udd8a\"",
        "{\"type\": \"NFD\"}", "{\"type\": \"NFKD\"}", "{\"type\": \"Lowercase\"}", "{\"type\": \"Nmt\"}", "{\"type\": \"StripAccents\"}",
        "{\"type\": \"Prepend\", \"prepend\": \"a\"}", "{\"type\": \"Precompiled\", \"precompiled_charsmap\": \"\"}",
        "{\"type\": \"Replace\", \"pattern\": {\"Regex\": \"(a*)*b\"}, \"content\": \"\"}",
        "{\"type\": \"Replace\", \"pattern\": {\"Regex\": \"\"}, \"content\": \"x\"}", "{\"type\": \"Replace\", \"pattern\": {\"String\": \"\"}, \"content\": \"x\"}",
        "{\"type\": \"ByteLevel\", \"add_prefix_space\": true, \"trim_offsets\": true, \"use_regex\": true}", "{\"type\": \"WhitespaceSplit\"}",
        "{\"type\": \"Digits\", \"individual_digits\": true}", "{\"type\": \"Split\", \"pattern\": {\"Regex\": \".\"}, \"behavior\": \"Isolated\", \"invert\": false}",
        "{\"type\": \"BPE\", \"vocab\": {\"a\": 0}, \"merges\": []}", "{\"type\": \"Fuse\"}", "{\"type\": \"Sequence\", \"normalizers\": []}");

    private NativeRun() {
    }

    /** Reads an input as users' files are read; throws what refuses it. */
    @FunctionalInterface
    private interface Reader {
        void read() throws Exception;
    }

    /**
     * Runs.
     *
     * @param args library, number of inputs, folder for the input of the moment
     */
    public static void main(String[] args) throws Exception {
        int inputs = Integer.parseInt(args[1]);
        Path folder = Path.of(args[2]);
        int taken = args[0].equals("T5") ? tokenizers(inputs, folder) : models(inputs, folder);
        System.out.println(args[0] + ": " + inputs + " inputs, " + taken + " taken");
    }

    private static int tokenizers(int inputs, Path folder) throws IOException {
        JsonMutator mutator = new JsonMutator(SEED, Files.readAllBytes(Target.T5.corpus().resolve("library")), VALUES);
        T5TokenizerLoader loader = new T5TokenizerLoader();
        int taken = 0;
        for (int i = 0; i < inputs; i++) {
            byte[] definition = i == 0 ? Files.readAllBytes(Target.T5.corpus().resolve("library")) : mutator.next();
            Files.write(folder.resolve("tokenizer.json"), definition);
            taken += took(() -> {
                Tokenizer tokenizer = loader.load(folder);
                for (String text : TEXTS) {
                    tokenizer.encode(text, LONGEST);
                }
            });
        }
        return taken;
    }

    private static int models(int inputs, Path folder) throws IOException {
        ModelMutator mutator = new ModelMutator(SEED);
        OnnxRuntimeEngineBuilder builder = new OnnxRuntimeEngineBuilder();
        Path file = folder.resolve("backbone.onnx");
        int taken = 0;
        for (int i = 0; i < inputs; i++) {
            ModelProto model = i == 0 ? ModelMutator.whole() : mutator.next();
            Files.write(file, model.toByteArray());
            taken += took(() -> {
                try (Engine engine = builder.load(file, Map.of("threads", "1"))) {
                    engine.run(zeros(model, engine), outputs -> outputs);
                }
            });
            if (i == 0 && taken == 0) {
                throw new AssertionError("found the model refused that all are made of; expected it to run");
            }
        }
        return taken;
    }

    /** What the model's inputs take, of extents 2 where it says none. */
    private static Values<TensorView> zeros(ModelProto model, Engine engine) {
        Map<String, TensorView> zeros = new LinkedHashMap<>();
        for (ValueInfoProto input : model.getGraph().getInputList()) {
            DType type = engine.inputs().get(input.getName());
            long[] shape = input.getType().getTensorType().getShape().getDimList().stream().mapToLong(NativeRun::extent).toArray();
            zeros.put(input.getName(), TensorView.host(type, shape, ByteBuffer.allocateDirect((int) TensorView.byteLength(type, shape))));
        }
        return Values.of(zeros);
    }

    private static long extent(Dimension dimension) {
        return dimension.hasDimValue() ? dimension.getDimValue() : 2;
    }

    /** 1 if it was taken, 0 if it was refused; any other end is a finding. */
    private static int took(Reader reader) {
        try {
            reader.read();
            return 1;
        } catch (CheckpointException | EngineException | IllegalArgumentException e) {
            return 0;
        } catch (Exception e) {
            throw new AssertionError("found " + e + "; expected a result or a refusal", e);
        }
    }
}
