package io.halftone.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.BuildRequest;
import io.halftone.model.ModelSignature.Extent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BuildCommandTest {
    private final Console console = new Console(Path.of("/data"));

    private String refusal(String... arguments) {
        return assertThrows(IllegalArgumentException.class, () -> console.run(new BuildCommand(), arguments)).getMessage();
    }

    @Test
    void buildsForTheUsualEngineBesideTheModel() throws Exception {
        console.run(new BuildCommand(), "--onnx-dir", "onnx");

        assertEquals(new BuildRequest("/data/onnx", "onnxruntime", "", Map.of(), Map.of()), console.request(BuildRequest.class));
    }

    @Test
    void passesEveryOptionOn() throws Exception {
        console.run(new BuildCommand(), "--onnx-load-path", "m.onnx", "--engine", "other", "--trt_engine-path", "e.plan", "--threads", "2",
            "--extent", "batch=2,2,8", "--extent", "height=8,16,32");

        assertEquals(new BuildRequest("/data/m.onnx", "other", "/data/e.plan", Map.of("batch", new Extent(2, 2, 8), "height", new Extent(8,
            16, 32)),
            Map.of("threads", "2")), console.request(BuildRequest.class));
    }

    @Test
    void takesThePresetsExtentsForDimensionsThatWereNotGiven() throws Exception {
        console.run(new BuildCommand(), "--onnx-dir", "onnx", "--engine", "tensorrt", "--model", "sdxl-1.0", "--extent",
            "batch_size=2,2,8", "--extent", "width=64,128,128");

        assertEquals(Map.of("batch_size", new Extent(2, 2, 8), "height", new Extent(96, 128, 128), "width", new Extent(64, 128, 128)),
            console.request(BuildRequest.class).extents());
    }

    @Test
    void refusesAPresetThatIsNotThere() {
        assertEquals("preset sdxl: found none; expected one of " + console.halftone.presets(),
            refusal("--onnx-dir", "onnx", "--model", "sdxl"));
    }

    @Test
    void saysWhichLayersAreComputedInFloat() throws Exception {
        String text = console.run(new BuildCommand(), "--onnx-dir", "onnx");

        for (String line : List.of("layers        2 of 3 quantized layers in 8-bit kernels",
            "8 bits        share of multiply-adds in 8 bits: 97.3 %", "attention     1 of 1 in one kernel, in FP16",
            "reformats     105 engine layers only convert types or layouts",
            "note          quantized layers computed in wider types between their Q/DQ pairs: 1", "c: its kernel takes FP16 operands")) {
            assertTrue(text.contains(line), text);
        }
    }

    @Test
    void printsTheLayersOfBothKinds() throws Exception {
        var json = console.json(new BuildCommand(), "--onnx-load-path", "/o/backbone.onnx");

        assertEquals("/o/backbone.plan", json.get("engine").textValue());
        assertEquals("c", json.get("floatLayers").get(0).textValue());
        assertEquals(0.973, json.get("lowShare").doubleValue());
        assertEquals("sm90_conv", json.get("layers").get(0).get("kernels").get(0).textValue());
        assertEquals(3, json.get("operators").get("Conv").intValue());
    }

    @Test
    void refusesWhatMakesNoSense() {
        assertEquals("extent: found batch=2; expected name=least,usual,greatest", refusal("--onnx-dir", "o", "--extent", "batch=2"));
        assertEquals("extent: found 4, 2, 8; expected 1 <= least <= usual <= greatest", refusal("--onnx-dir", "o", "--extent",
            "batch=4,2,8"));
        assertEquals("threads: found 0; expected >= 1", refusal("--onnx-dir", "o", "--threads", "0"));
    }

    /** Source: NVIDIA Model Optimizer, diffusers example, README of releases 0.21 and 0.23, with trtexec replaced. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--builderOptimizationLevel=4 --stronglyTyped --onnx=./model.onnx|sample:2x4x128x128,timestep:1,encoder_hidden_states:2x77x2048,"
            + "text_embeds:2x1280,time_ids:2x6|sample:16x4x128x128,timestep:1,encoder_hidden_states:16x77x2048,text_embeds:16x1280,"
            + "time_ids:16x6|4",
        "--builderOptimizationLevel=4 --stronglyTyped --onnx=./model.onnx|hidden_states:2x16x128x128,timestep:2,encoder_hidden_states:"
            + "2x333x4096,pooled_projections:2x2048|hidden_states:16x16x128x128,timestep:16,encoder_hidden_states:16x333x4096,"
            + "pooled_projections:16x2048|4",
        "--onnx=./model.onnx --fp8 --bf16 --stronglyTyped|hidden_states:1x4096x64,img_ids:1x4096x3,encoder_hidden_states:1x512x4096,"
            + "txt_ids:1x512x3,timestep:1,pooled_projections:1x768,guidance:1|hidden_states:1x4096x64,img_ids:1x4096x3,encoder_hidden_states:"
            + "1x512x4096,txt_ids:1x512x3,timestep:1,pooled_projections:1x768,guidance:1|",
        "--onnx=./model.onnx --fp8 --bf16 --stronglyTyped|hidden_states:1x4096x64,img_ids:4096x3,encoder_hidden_states:1x512x4096,"
            + "txt_ids:512x3,timestep:1,pooled_projections:1x768,guidance:1|hidden_states:1x4096x64,img_ids:4096x3,encoder_hidden_states:"
            + "1x512x4096,txt_ids:512x3,timestep:1,pooled_projections:1x768,guidance:1|"})
    void takesThePublishedCommandLines(String start, String least, String greatest, String level) throws Exception {
        List<String> words = new ArrayList<>(List.of(start.split(" ")));
        words.addAll(List.of("--minShapes=" + least, "--optShapes=" + greatest, "--maxShapes=" + greatest, "--saveEngine=model.plan"));
        console.run(new BuildCommand(), words.toArray(String[]::new));

        Map<String, String> options = new HashMap<>(Map.of("min-shapes", least, "opt-shapes", greatest, "max-shapes", greatest,
            "strongly-typed", "true"));
        if (level != null) {
            options.put("builder-optimization-level", level);
        }
        assertEquals(new BuildRequest("/data/model.onnx", "tensorrt", "/data/model.plan", Map.of(), options),
            console.request(BuildRequest.class));
        assertEquals(level == null ? "note: fp8, bf16: without effect, as the engine takes its types from the model\n" : "",
            console.errors().lines().filter(line -> line.startsWith("note")).map(line -> line + "\n").collect(Collectors.joining()));
    }

    @Test
    void takesTrtexecsSpellingsWithASpaceToo() throws Exception {
        console.run(new BuildCommand(), "--onnx", "m.onnx", "--saveEngine", "e.plan", "--timingCacheFile", "t.cache",
            "--memPoolSize=workspace:4G", "--device=1", "--skipInference", "--verbose", "--profilingVerbosity", "detailed", "--quiet");

        assertEquals(new BuildRequest("/data/m.onnx", "tensorrt", "/data/e.plan", Map.of(),
            Map.of("timing-cache", "/data/t.cache", "workspace", "4096", "device", "1")), console.request(BuildRequest.class));
        assertEquals("", console.errors());
    }

    @Test
    void takesItsOwnSpellings() throws Exception {
        console.run(new BuildCommand(), "--onnx-dir", "onnx", "--min-shapes", "sample:2x4", "--builder-optimization-level", "3", "--workspace",
            "512", "--timing-cache", "none", "--device", "cuda:1");

        assertEquals(new BuildRequest("/data/onnx", "tensorrt", "", Map.of(), Map.of("min-shapes", "sample:2x4", "builder-optimization-level",
            "3", "workspace", "512", "timing-cache", "none", "device", "cuda:1")), console.request(BuildRequest.class));
    }

    @Test
    void printsTrtexecsCommandLineAndBuildsNothing() throws Exception {
        assertEquals("trtexec of version 0\n", console.run(new BuildCommand(), "--onnx-dir", "onnx", "--trtexec"));
        assertEquals(new BuildRequest("/data/onnx", "tensorrt", "", Map.of(), Map.of()), console.request(BuildRequest.class));
        assertEquals("trtexec of version 11", new Console(Path.of("/data")).json(new BuildCommand(), "--onnx-dir", "onnx", "--trtexec-version=11")
            .get("command").textValue());
    }

    @Test
    void writesTheLayoutOfAnotherProgramToItsFolder() throws Exception {
        console.run(new BuildCommand(), "--onnx-dir", "onnx", "--layout", "demo-diffusion", "--layout-version", "10.2.0.19", "--engine-path",
            "demo/Diffusion/engine");

        assertEquals(new BuildRequest("/data/onnx", "tensorrt", "/data/demo/Diffusion/engine/", Map.of(),
            Map.of("layout", "demo-diffusion", "layout-version", "10.2.0.19")), console.request(BuildRequest.class));
    }

    @Test
    void copiesTheEnginesOwnListOfItsLayers(@TempDir Path folder) throws Exception {
        Path layers = Files.writeString(folder.resolve("e.plan.layers.json"), "{}");
        console.halftone.engineFiles.add(layers);
        console.run(new BuildCommand(), "--onnx", "m.onnx", "--saveEngine", folder + "/e.plan", "--exportLayerInfo=" + folder + "/graph.json");

        assertEquals("{}", Files.readString(folder.resolve("graph.json")));
        assertEquals(Map.of(), console.request(BuildRequest.class).options());
    }

    @Test
    void refusesBeforeItBuildsWhereTheListCannotBeWritten(@TempDir Path folder) {
        String there = folder.resolve("absent").toString();
        assertEquals("exportLayerInfo: found no folder " + there + "; expected one to write into",
            refusal("--onnx", "m.onnx", "--exportLayerInfo=" + there + "/graph.json"));
        assertEquals("exportLayerInfo: found the folder " + folder + "; expected a file to write", refusal("--onnx", "m.onnx",
            "--exportLayerInfo=" + folder));
        assertEquals(List.of(), console.halftone.requests);
    }

    @Test
    void refusesByNameWhatAnotherEngineDoesNotHonour() {
        for (String option : List.of("--fp8", "--skipInference", "--verbose", "--memPoolSize=workspace:1", "--exportLayerInfo=l.json")) {
            String name = option.substring(2).replaceFirst("=.*", "");
            assertEquals(name + ": found an option that engine onnxruntime does not honour; expected engine tensorrt",
                refusal("--onnx-dir", "onnx", "--engine", "onnxruntime", option));
        }
        assertEquals(List.of(), console.halftone.requests);
    }

    @Test
    void refusesWhatContradictsItself() {
        assertEquals("model: found none; expected one of --onnx-load-path, --onnx-dir, --onnx", refusal("--skipInference"));
        assertEquals("model: found onnx-load-path and onnx; expected one of onnx-load-path, onnx", refusal("--onnx-dir", "a", "--onnx", "b"));
        assertEquals("engine file: found engine-path and saveEngine; expected one of engine-path, saveEngine",
            refusal("--onnx", "b", "--engine-path", "a", "--saveEngine", "b"));
        assertEquals("scratch memory: found workspace and memPoolSize; expected one of workspace, memPoolSize",
            refusal("--onnx", "b", "--workspace", "1", "--memPoolSize", "workspace:1"));
        assertEquals("memPoolSize: found tactic:1; expected workspace:SIZE, with B, K, M or G behind it",
            refusal("--onnx", "b", "--memPoolSize", "tactic:1"));
        assertEquals("profilingVerbosity: found none; expected detailed, which every build has",
            refusal("--onnx", "b", "--profilingVerbosity=none"));
        assertEquals("output: found trtexec and exportLayerInfo; expected one of trtexec, exportLayerInfo",
            refusal("--onnx", "b", "--trtexec", "--exportLayerInfo", "l.json"));
    }
}
