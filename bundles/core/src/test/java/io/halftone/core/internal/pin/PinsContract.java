package io.halftone.core.internal.pin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.core.internal.Plugins;
import io.halftone.core.internal.TestPipeline;
import io.halftone.core.internal.pin.part.Part;
import io.halftone.core.internal.pin.plugin.Plugin;
import io.halftone.quant.LevelPolicy;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.framework.wiring.FrameworkWiring;

/** Over a framework whose system bundle exports the API. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)   // each framework has its own
abstract class PinsContract {
    private static final String API = "io.halftone.ops,io.halftone.quant";
    private static final List<String> USES = List.of("class", "lambda", "record", "api", "part");
    private static final List<String> ANSWERS = List.of("late", "lambda 2x", "Pair[first=1, second=x]", "BFLOAT16", "part FLOAT16");

    private final FrameworkFactory factory;
    private Framework framework;
    private Bundle part;
    private Bundle bundle;
    private Pins pins;

    PinsContract(FrameworkFactory factory) {
        this.factory = factory;
    }

    /** What becomes of a bundle while a job runs. */
    enum End {
        UNINSTALL, UPDATE, REFRESH, UNINSTALL_WITH_PART
    }

    /** Whether the framework then finds no more classes of the bundle that was. */
    abstract boolean closes(End end);

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        framework = factory.newFramework(Map.of(Constants.FRAMEWORK_STORAGE, folder.toString(), Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, API));
        framework.start();
    }

    @AfterAll
    void stop() throws Exception {
        framework.stop();
        framework.waitForStop(0);
    }

    @BeforeEach
    void install() throws Exception {
        pins = new Pins();
        part = install("part", Part.class, Map.of(Constants.EXPORT_PACKAGE, Part.class.getPackageName(), Constants.IMPORT_PACKAGE, API));
        bundle = install("plugin", Plugin.class, imports());
        System.clearProperty("halftone.test.late");
    }

    @AfterEach
    void uninstall() throws Exception {
        System.clearProperty("halftone.test.late");
        for (Bundle each : List.of(bundle, part)) {
            if (each.getState() != Bundle.UNINSTALLED) {
                each.uninstall();
            }
        }
        refresh(part);
    }

    @ParameterizedTest
    @EnumSource
    void aHeldPluginUsesWhatItHasNotUsedBefore(End end) throws Exception {
        LevelPolicy plugin = plugin();
        assertEquals(List.of("it"), names(pins.hold(plugins(plugin))));
        end(end);
        assertEquals(ANSWERS, USES.stream().map(use -> use(plugin, use)).toList());
    }

    @ParameterizedTest
    @EnumSource
    void onlyBecauseItIsHeld(End end) throws Exception {
        LevelPolicy plugin = plugin();
        end(end);
        if (closes(end)) {
            assertThrows(NoClassDefFoundError.class, () -> use(plugin, "class"));
        } else {
            assertEquals("late", use(plugin, "class"));
        }
    }

    @Test
    void initializesNothing() throws Exception {
        LevelPolicy plugin = plugin();
        pins.hold(plugins(plugin));
        assertNull(System.getProperty("halftone.test.late"));
        use(plugin, "class");
        assertEquals("initialized", System.getProperty("halftone.test.late"));
    }

    @Test
    void leavesOutAPluginThatIsGone() throws Exception {
        LevelPolicy plugin = plugin();
        bundle.uninstall();
        Plugins left = pins.hold(plugins(plugin));
        assertEquals("policy it: found none; expected one of []",
            assertThrows(IllegalArgumentException.class, () -> left.policies().get("it")).getMessage());
    }

    @Test
    void keepsAHeldPluginThatIsGone() throws Exception {
        LevelPolicy plugin = plugin();
        pins.hold(plugins(plugin));
        bundle.uninstall();
        assertEquals(List.of("it"), names(pins.hold(plugins(plugin))));
    }

    @Test
    void holdsAPluginThatComesFromNoBundle() {
        assertEquals(List.of("it"), names(pins.hold(plugins(new Plugin()))));
    }

    @Test
    void namesAPluginThatFailsForWantOfItsResources() throws Exception {
        LevelPolicy plugin = plugin();
        pins.hold(plugins(plugin));
        assertEquals("words", use(plugin, "resource.txt"));
        bundle.uninstall();
        Throwable failure = assertThrows(NullPointerException.class, () -> use(plugin, "resource.txt"));
        String line = pins.describe(failure);
        assertTrue(line.startsWith("NullPointerException: "), line);
        assertTrue(line.endsWith("; plugin plugin 1.0.0: found it uninstalled while the job ran; expected it to read the resources of its bundle "
            + "before, when it is made"), line);
    }

    @Test
    void namesTheVersionThatWasHeldLast() throws Exception {
        List<LevelPolicy> all = new ArrayList<>();   // none may be collected: their classes have the same names
        for (int i = 0; i < 8; i++) {
            bundle.uninstall();
            bundle = install("plugin", Plugin.class, Map.of(Constants.IMPORT_PACKAGE, imports().get(Constants.IMPORT_PACKAGE),
                Constants.BUNDLE_VERSION, "1.0." + i));
            LevelPolicy plugin = plugin();
            all.add(plugin);
            pins.hold(plugins(plugin));
        }
        bundle.uninstall();
        String line = pins.describe(assertThrows(NullPointerException.class, () -> use(all.get(7), "resource.txt")));
        assertTrue(line.contains("; plugin plugin 1.0.7: found it uninstalled"), line);
    }

    @Test
    void namesNoPluginThatIsStillThere() throws Exception {
        LevelPolicy plugin = plugin();
        pins.hold(plugins(plugin));
        Throwable failure = assertThrows(NullPointerException.class, () -> use(plugin, "nothing.txt"));
        assertFalse(pins.describe(failure).contains("plugin 1.0.0"), pins.describe(failure));
    }

    @Test
    void forgetsAPluginThatNobodyUses() throws Exception {
        WeakReference<ClassLoader> loader = held();
        bundle.uninstall();
        for (int i = 0; i < 50 && loader.get() != null; i++) {
            System.gc();
            Thread.sleep(10);
        }
        assertNull(loader.get());
    }

    private WeakReference<ClassLoader> held() throws Exception {
        LevelPolicy plugin = plugin();
        pins.hold(plugins(plugin));
        return new WeakReference<>(plugin.getClass().getClassLoader());
    }

    private LevelPolicy plugin() throws ReflectiveOperationException {
        return (LevelPolicy) bundle.loadClass(Plugin.class.getName()).getConstructor().newInstance();
    }

    @SuppressWarnings("unchecked")
    private static String use(LevelPolicy plugin, String what) {
        return ((Function<String, String>) plugin).apply(what);
    }

    private static Plugins plugins(LevelPolicy policy) {
        return TestPipeline.plugins(TestPipeline.family("format"), TestPipeline.family("algorithm"),
            TestPipeline.family("policy", Plugins.Plugin.of(policy, "it")), TestPipeline.family("collector"));
    }

    private static List<String> names(Plugins plugins) {
        return plugins.policies().names();
    }

    private static Map<String, String> imports() {
        return Map.of(Constants.IMPORT_PACKAGE, API + "," + Part.class.getPackageName());
    }

    private void end(End end) throws Exception {
        switch (end) {
            case UNINSTALL -> bundle.uninstall();
            case UPDATE -> bundle.update(new ByteArrayInputStream(jar("plugin", Plugin.class, imports())));
            case REFRESH -> refresh(bundle);
            case UNINSTALL_WITH_PART -> {
                bundle.uninstall();
                part.uninstall();
                refresh(part);
            }
            default -> throw new AssertionError(end);
        }
    }

    private void refresh(Bundle which) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        framework.adapt(FrameworkWiring.class).refreshBundles(List.of(which), event -> done.countDown());
        done.await();
    }

    private Bundle install(String name, Class<?> type, Map<String, String> headers) throws IOException, BundleException {
        Bundle installed = framework.getBundleContext().installBundle(name, new ByteArrayInputStream(jar(name, type, headers)));
        installed.start();
        return installed;
    }

    /** A bundle of a class, of those nested in it, and of a resource. */
    private static byte[] jar(String name, Class<?> type, Map<String, String> headers) throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue(Constants.BUNDLE_MANIFESTVERSION, "2");
        main.putValue(Constants.BUNDLE_SYMBOLICNAME, name);
        main.putValue(Constants.BUNDLE_VERSION, "1.0.0");
        headers.forEach(main::putValue);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes, manifest)) {
            for (Class<?> each : (Iterable<Class<?>>) Stream.concat(Stream.of(type), Stream.of(type.getDeclaredClasses()))::iterator) {
                String path = each.getName().replace('.', '/') + ".class";
                try (InputStream in = type.getResourceAsStream("/" + path)) {
                    put(jar, path, in.readAllBytes());
                }
            }
            put(jar, type.getPackageName().replace('.', '/') + "/resource.txt", "words".getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static void put(JarOutputStream jar, String path, byte[] content) {
        try {
            jar.putNextEntry(new JarEntry(path));
            jar.write(content);
            jar.closeEntry();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
