package io.halftone.diffusers.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.ops.CheckpointException;
import io.halftone.pipeline.PipelineConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationTest {
    private static final Path TINY = Path.of("../../karaf-assembly/src/main/resources/models/tiny-sdxl");

    @TempDir
    Path folder;

    private static PipelineConfig configuration(Map<String, String> files) {
        return new DiffusersFolders().configuration("known", files);
    }

    private static void assertRefused(Map<String, String> files, String message) {
        assertEquals(message, assertThrows(CheckpointException.class, () -> configuration(files)).getMessage());
    }

    @Test
    void isThatOfAFolderWithTheSameFiles() throws IOException {
        Map<String, String> files = new HashMap<>();
        try (var found = Files.walk(TINY)) {
            for (Path file : found.filter(f -> f.toString().endsWith(".json")).toList()) {
                files.put(TINY.relativize(file).toString(), Files.readString(file));
            }
        }
        PipelineConfig known = configuration(files);
        try (var opened = new DiffusersFolders().open(TINY)) {
            PipelineConfig config = opened.config();
            assertEquals(config.index().asMap(), known.index().asMap());
            assertEquals(config.components().keySet(), known.components().keySet());
            config.components().forEach((name, component) -> assertEquals(component.asMap(), known.component(name).asMap()));
        }
    }

    @Test
    void isCalledByItsSource() {
        PipelineConfig config = configuration(Map.of("model_index.json", "{\"_class_name\": \"P\", \"unet\": [\"diffusers\", \"UNet\"]}",
            "unet/config.json", "{}"));
        assertEquals("known/model_index.json", config.index().source());
        assertEquals("known/unet/config.json", config.component("unet").source());
        assertEquals("UNet", config.component("unet").className());
        assertFalse(config.has("vae"));
    }

    @Test
    void isRefusedWithoutIndex() {
        assertRefused(Map.of("unet/config.json", "{}"), "known: found no model_index.json; expected a diffusers pipeline folder");
    }

    @Test
    void isRefusedWithoutAComponent() {
        assertRefused(Map.of("model_index.json", "{\"_class_name\": \"P\", \"unet\": [\"diffusers\", \"UNet\"]}"),
            "known: found no folder unet; expected one for each component of model_index.json");
    }

    @Test
    void isRefusedWithoutAComponentsFile() {
        assertRefused(Map.of("model_index.json", "{\"_class_name\": \"P\", \"unet\": [\"diffusers\", \"UNet\"]}", "unet/other.json", "{}"),
            "known/unet/config.json: found nothing; expected a configuration file");
    }

    @Test
    void takesNumbersThatAreWrittenAsInfinite() {
        String index = """
            {"_class_name": "P", "least": -Infinity, "most": Infinity, "none": NaN, "some": {"a": 1e-05, "b": 0.1, "c": 3}}""";
        var values = configuration(Map.of("model_index.json", index)).index().asMap();
        assertEquals(Double.NEGATIVE_INFINITY, values.get("least"));
        assertEquals(Double.POSITIVE_INFINITY, values.get("most"));
        assertTrue(((Double) values.get("none")).isNaN());
        assertEquals("{a=1.0E-5, b=0.1, c=3}", values.get("some").toString());
    }

    @Test
    void readsAnInfiniteNumberFromAFile() throws IOException {
        Path file = folder.resolve("scheduler_config.json");
        Files.writeString(file, "{\"lambda_min_clipped\": -Infinity}");
        var config = new DiffusersFolders().config(file);
        assertEquals(Double.NEGATIVE_INFINITY, config.doubleValue("lambda_min_clipped"));
        assertEquals(Set.of("lambda_min_clipped"), config.asMap().keySet());
    }

    @Test
    void refusesAWholeNumberBeyondFloat64() {
        assertRefused(Map.of("model_index.json", "{\"_class_name\": \"P\", \"a\": 1" + "0".repeat(400) + "}"),
            "known/model_index.json: a: found a number beyond all that float64 has; expected a finite one");
    }
}
