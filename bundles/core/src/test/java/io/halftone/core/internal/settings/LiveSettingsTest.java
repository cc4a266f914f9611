package io.halftone.core.internal.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.api.Defaults;
import io.halftone.api.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveSettingsTest {
    private final Set<String> plugins = new HashSet<>(Set.of("format fp8", "collector min-mean"));

    @TempDir
    Path folder;

    private LiveSettings settings(Map<String, ?> properties) {
        return new LiveSettings(properties, (kind, name) -> plugins.contains(kind + " " + name));
    }

    @Test
    void aConfigurationThatSaysNothingIsAsUsual() {
        assertEquals(Settings.usual(), settings(Map.of("service.pid", "io.halftone", "component.id", 7L, "engine", " ")).taken());
        assertEquals(Defaults.usual(), Settings.usual().defaults());
    }

    @Test
    void readsTextFromAFile() {
        Settings read = settings(Map.of("modelFolders", folder + "/a, " + folder + "/b ,", "engineCache", folder + "/engines", "engineCacheBytes", "5000000000",
            "format", "fp8", "collector", "min-mean", "jobsKept", "5")).taken();
        assertEquals(new Settings(List.of(folder.resolve("a"), folder.resolve("b")), folder.resolve("engines"), 5_000_000_000L,
            new Defaults("fp8", "standard", "", "min-mean", "onnx", "onnxruntime"), 5), read);
    }

    @Test
    void readsTypedValues() {
        Settings read = settings(Map.of("modelFolders", new String[] {folder + "/one, with a comma"}, "jobsKept", 1)).taken();
        assertEquals(List.of(folder.resolve("one, with a comma")), read.modelFolders());
        assertEquals(1, read.jobsKept());
        assertEquals(List.of(folder), settings(Map.of("modelFolders", List.of(folder.toString()))).taken().modelFolders());
    }

    @Test
    void newSettingsAreInForceAtOnceAndThoseTakenStay() {
        LiveSettings settings = settings(Map.of("engineCache", folder + "/one"));
        Settings taken = settings.taken();
        settings.update(Map.of("engineCache", folder + "/two"));
        assertEquals(folder.resolve("one"), taken.engineCache());
        assertEquals(folder.resolve("two"), settings.taken().engineCache());
    }

    @Test
    void aRefusedValueLeavesAllFormerSettingsInForceUntilItIsMended() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        LiveSettings settings = settings(Map.of("engineCache", folder + "/one", "jobsKept", "3"));
        settings.update(Map.of("engineCache", file.toString(), "jobsKept", "4"));
        assertEquals(folder.resolve("one"), settings.inForce().engineCache());
        assertEquals(3, settings.inForce().jobsKept());
        assertEquals("io.halftone: engineCache: found the file " + file + "; expected a folder", refusal(settings));
        assertEquals(List.of(Finding.problem("configuration", "io.halftone: engineCache: the file " + file, "a folder",
            "mend it in etc/io.halftone.cfg; new jobs are refused until then, and those that run keep their settings")), settings.findings());

        settings.update(Map.of("engineCache", file.toString(), "jobsKept", "-1"));
        assertEquals(folder.resolve("one"), settings.inForce().engineCache(), "not what was refused before");
        assertEquals(2, settings.findings().size(), "all of them");

        settings.update(Map.of("jobsKept", "4"));
        assertEquals(4, settings.taken().jobsKept());
        assertEquals(List.of(), settings.findings());
    }

    @Test
    void aRefusedValueAtTheStartLeavesTheUsualSettings() {
        LiveSettings settings = settings(Map.of("engineCache", "engines", "jobsKept", "3"));
        assertEquals(Settings.usual(), settings.inForce());
        assertEquals("io.halftone: engineCache: found engines; expected an absolute path", refusal(settings));
    }

    @Test
    void saysWhatIsWrongWithEachValue() {
        assertEquals("io.halftone: modelFolders: found models; expected an absolute path", refusal(settings(Map.of("modelFolders", "/a, models"))));
        assertEquals("io.halftone: jobsKept: found many; expected a whole number, 1 to 10000", refusal(settings(Map.of("jobsKept", "many"))));
        assertEquals("io.halftone: jobsKept: found 10001; expected a whole number, 1 to 10000", refusal(settings(Map.of("jobsKept", 10_001))));
        assertEquals("io.halftone: engineCacheBytes: found 5 GB; expected a number of bytes, or 0 for any number",
            refusal(settings(Map.of("engineCacheBytes", "5 GB"))));
        assertEquals("io.halftone: found modelFolder; expected one of algorithm, collector, distributor, engine, engineCache, engineCacheBytes, exporter, format, jobsKept, "
            + "modelFolders, policy", refusal(settings(Map.of("modelFolder", "/a"))));
        assertEquals("io.halftone: format: found fp88; expected the name of a plugin, see plugins", refusal(settings(Map.of("format", "fp88"))));
    }

    @Test
    void aPluginMayComeAfterTheConfigurationThatNamesIt() {
        LiveSettings settings = settings(Map.of("jobsKept", "3"));
        settings.update(Map.of("algorithm", "mine", "jobsKept", "4"));
        assertEquals("io.halftone: algorithm: found mine; expected the name of a plugin, see plugins", refusal(settings));
        assertEquals(3, settings.inForce().jobsKept());
        plugins.add("algorithm mine");
        assertEquals("mine", settings.taken().defaults().algorithm());
        assertEquals(4, settings.inForce().jobsKept());
    }

    @Test
    void aUsualPluginThatIsNotThereRefusesNothing() {
        plugins.clear();
        assertEquals(Settings.usual(), settings(Map.of("engine", "onnxruntime")).taken());
    }

    private static String refusal(LiveSettings settings) {
        return assertThrows(IllegalArgumentException.class, settings::taken).getMessage();
    }
}
