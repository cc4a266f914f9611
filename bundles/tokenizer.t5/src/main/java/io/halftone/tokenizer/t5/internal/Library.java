package io.halftone.tokenizer.t5.internal;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.halftone.ops.CheckpointException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Hugging Face's tokenizers library behind DJL's classes; loaded when first used, and silent towards the network. */
final class Library {
    /** Cutting, padding and the end are the tokenizer's own work. */
    private static final Map<String, String> PLAIN = Map.of("truncation", "false", "padding", "false", "addSpecialTokens", "false");
    /** Either keeps DJL from telling its makers of each tokenizer it opens; an environment may have overruled one. */
    private static final Map<String, String> SILENT = Map.of("ai.djl.offline", "true", "OPT_OUT_TRACKING", "true");
    private static final String SMALLEST = "{\"model\": {\"type\": \"WordLevel\", \"vocab\": {\"a\": 0}, \"unk_token\": \"a\"}}";

    private static boolean loaded;

    private Library() {}

    private interface Step<R> {
        R run() throws IOException;
    }

    /**
     * A tokenizer of the library.
     *
     * @throws CheckpointException   if the library refuses the definition
     * @throws IllegalStateException if the library does not load on this machine
     */
    static synchronized HuggingFaceTokenizer open(Definition definition) throws IOException {
        if (!loaded) {
            load();
            loaded = true;
        }
        try {
            return with(SILENT, () -> tokenizer(definition.json()));
        } catch (RuntimeException e) {
            throw new CheckpointException(definition.file().path() + ": found " + e.getMessage()
                + "; expected what the tokenizers library reads", e);
        }
    }

    /**
     * Loads the natives from a folder of their own: a class loader, and there is a new one after each refresh of the bundle,
     * cannot load a file that another has loaded. DJL finds them through the thread's context class loader.
     */
    private static void load() throws IOException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        ClassLoader library = HuggingFaceTokenizer.class.getClassLoader();
        Path folder = Files.createTempDirectory(Path.of(System.getProperty("java.io.tmpdir")), "halftone-tokenizers");
        thread.setContextClassLoader(library);
        try {
            // so told when its class is made, DJL looks for no GPU, for which it would need JNA
            with(Map.of("ai.djl.util.cuda.fork", "true"), () -> initialize("ai.djl.util.cuda.CudaUtils", library));
            Map<String, String> settings = new HashMap<>(SILENT);
            settings.put("ENGINE_CACHE_DIR", folder.toString());
            with(settings, () -> tokenizer(SMALLEST)).close();
        } catch (RuntimeException | LinkageError | AssertionError e) {
            throw new IllegalStateException("tokenizers library: found " + cause(e) + "; expected it to load on Linux x86-64", e);
        } finally {
            thread.setContextClassLoader(before);
            delete(folder);
        }
    }

    private static HuggingFaceTokenizer tokenizer(String json) throws IOException {
        return HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), PLAIN);
    }

    private static Class<?> initialize(String name, ClassLoader loader) {
        try {
            return Class.forName(name, true, loader);
        } catch (ClassNotFoundException e) {
            throw new LinkageError("no class " + name, e);
        }
    }

    /** DJL reads its settings from the system properties, which are changed for no longer than that takes. */
    private static <R> R with(Map<String, String> settings, Step<R> step) throws IOException {
        Map<String, String> before = new HashMap<>();
        settings.forEach((key, value) -> before.put(key, System.setProperty(key, value)));
        try {
            return step.run();
        } finally {
            before.forEach((key, value) -> {
                if (value == null) {
                    System.clearProperty(key);
                } else {
                    System.setProperty(key, value);
                }
            });
        }
    }

    private static String cause(Throwable e) {
        Throwable deepest = e;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return deepest.getClass().getSimpleName() + ": " + deepest.getMessage();
    }

    /** What is loaded stays loaded without its file. */
    private static void delete(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(folder)) {
            files = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
    }
}
