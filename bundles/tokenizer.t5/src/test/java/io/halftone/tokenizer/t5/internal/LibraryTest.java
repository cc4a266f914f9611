package io.halftone.tokenizer.t5.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.CodedInputStream;
import io.halftone.ops.CheckpointException;
import io.halftone.pipeline.Tokenizer;
import io.halftone.tokenizer.clip.JsonFile;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.slf4j.impl.SimpleLoggerFactory;

/** How the native library comes in: each wiring of a bundle has a class loader of its own, as each test here has. */
class LibraryTest {
    @TempDir
    Path temporary;
    private String usual;

    /** The loader's classes and all they need, apart from those of the test's own loader. */
    private static class Wiring extends URLClassLoader {
        Wiring() {
            super(Stream.of(T5TokenizerLoader.class, JsonFile.class, HuggingFaceTokenizer.class, Tokenizer.class,
                    CheckpointException.class, JsonNode.class, JsonFactory.class, JsonProperty.class, CodedInputStream.class, LoggerFactory.class,
                    SimpleLoggerFactory.class)
                .map(c -> c.getProtectionDomain().getCodeSource().getLocation()).toArray(URL[]::new), getPlatformClassLoader());
        }

        int count(String text) throws ReflectiveOperationException {
            Class<?> loader = loadClass(T5TokenizerLoader.class.getName());
            assertNotSame(T5TokenizerLoader.class, loader);
            Object made = loader.getConstructor().newInstance();
            Object tokenizer = loader.getMethod("load", Path.class).invoke(made, T5TokenizerTest.RESOURCES.resolve("golden"));
            Method count = loadClass(Tokenizer.class.getName()).getMethod("count", String.class);
            return (int) count.invoke(tokenizer, text);
        }
    }

    @BeforeEach
    void putTemporaryFilesIntoAFolderOfTheTest() {
        usual = System.setProperty("java.io.tmpdir", temporary.toString());
    }

    @AfterEach
    void putThemBack() {
        System.setProperty("java.io.tmpdir", usual);
    }

    @Test
    void loadsOnceMoreAfterARefresh() throws IOException, ReflectiveOperationException {
        for (int i = 0; i < 2; i++) {
            try (Wiring wiring = new Wiring()) {
                assertEquals(4, wiring.count("a red circle"));
            }
        }
    }

    @Test
    void leavesTheProcessAsItWas() throws IOException, ReflectiveOperationException {
        // what an earlier test had left behind would be put back here
        List.of("ai.djl.offline", "OPT_OUT_TRACKING", "ENGINE_CACHE_DIR", "ai.djl.util.cuda.fork").forEach(System::clearProperty);
        Map<Object, Object> before = Map.copyOf(System.getProperties());
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        try (Wiring wiring = new Wiring()) {
            wiring.count("a");
        }
        assertEquals(before, Map.copyOf(System.getProperties()));
        assertSame(context, Thread.currentThread().getContextClassLoader());
    }

    @Test
    void keepsASettingOfTheHost() throws IOException, ReflectiveOperationException {
        System.setProperty("ENGINE_CACHE_DIR", "of the host");
        try (Wiring wiring = new Wiring()) {
            wiring.count("a");
            assertEquals("of the host", System.getProperty("ENGINE_CACHE_DIR"));
        } finally {
            System.clearProperty("ENGINE_CACHE_DIR");
        }
    }

    @Test
    void saysWhyItDoesNotLoad() throws IOException {
        class WithoutNatives extends Wiring {
            @Override
            public Enumeration<URL> getResources(String name) throws IOException {
                return super.getResources(name.startsWith("native/") ? "none" : name);
            }
        }
        try (Wiring wiring = new WithoutNatives()) {
            var thrown = assertThrows(InvocationTargetException.class, () -> wiring.count("a"));
            var refused = assertInstanceOf(IllegalStateException.class, thrown.getCause());
            assertEquals("tokenizers library: found AssertionError: No tokenizers version found in property file."
                + "; expected it to load on Linux x86-64", refused.getMessage());
        }
    }

    @Test
    void tellsItsMakersNothing() throws IOException, ReflectiveOperationException {
        try (Wiring wiring = new Wiring()) {
            wiring.count("a");
            Field lastCheckIn = wiring.loadClass("ai.djl.util.Ec2Utils").getDeclaredField("lastCheckIn");
            lastCheckIn.setAccessible(true);
            assertEquals(0L, lastCheckIn.get(null));
        }
    }

    @Test
    void leavesNoFileBehind() throws IOException, ReflectiveOperationException {
        try (Wiring wiring = new Wiring()) {
            wiring.count("a");
        }
        try (Stream<Path> files = Files.list(temporary)) {
            assertEquals(List.of(), files.toList());
        }
    }
}
