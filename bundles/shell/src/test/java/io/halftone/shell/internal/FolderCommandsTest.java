package io.halftone.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.FuseLoraRequest;
import io.halftone.api.JobException;
import io.halftone.api.LoraSource;
import io.halftone.api.PipelineSource;
import io.halftone.api.SynthesizeRequest;
import io.halftone.ops.DType;
import java.nio.file.Path;
import java.util.List;
import org.apache.karaf.shell.support.CommandException;
import org.junit.jupiter.api.Test;

/** Commands that write or look into pipeline folders. */
class FolderCommandsTest {
    private final Console console = new Console(Path.of("/data"));

    @Test
    void synthesizesAllComponentsInHalfPrecision() throws Exception {
        String text = console.run(new SynthesizeCommand(), "--model", "sdxl-1.0", "--path", "sdxl");

        assertEquals(new SynthesizeRequest("sdxl-1.0", "/data/sdxl", "all", DType.FLOAT16, 0), console.request(SynthesizeRequest.class));
        assertTrue(text.contains("folder        /data/sdxl (5135.0 MB)"), text);
        assertTrue(text.matches("(?s).*unet +[|│] 2567463684.*"), text);
    }

    @Test
    void passesEveryOptionOfASynthesisOn() throws Exception {
        var json = console.json(new SynthesizeCommand(), "--model", "flux-dev", "--path", "/f", "--components", "transformer", "--dtype",
            "BFloat16", "--seed", "7");

        assertEquals(new SynthesizeRequest("flux-dev", "/f", "transformer", DType.BFLOAT16, 7), console.request(SynthesizeRequest.class));
        assertEquals(2_567_463_684L, json.get("parameters").get("unet").longValue());
    }

    @Test
    void refusesATypeThatWeightsDoNotHave() {
        assertEquals("dtype: found int8; expected Float, Half or BFloat16", assertThrows(IllegalArgumentException.class,
            () -> console.run(new SynthesizeCommand(), "--model", "m", "--path", "/p", "--dtype", "int8")).getMessage());
    }

    @Test
    void fusesLorasWithTheirScales() throws Exception {
        String text = console.run(new FuseLoraCommand(), "--path", "sdxl", "--lora", "a.safetensors:0.9", "--lora", "/l/b.safetensors",
            "--lora", "c.safetensors:-1e-1", "--out", "fused");

        assertEquals(new FuseLoraRequest(new PipelineSource("/data/sdxl", "", DType.FLOAT32), List.of(new LoraSource("/data/a.safetensors",
            0.9), new LoraSource("/l/b.safetensors", 1), new LoraSource("/data/c.safetensors", -0.1)), "/data/fused"),
                console.request(FuseLoraRequest.class));
        assertTrue(text.contains("changed       12 weights of unet"), text);
    }

    @Test
    void refusesToFuseNothing() {
        assertThrows(CommandException.class, () -> console.run(new FuseLoraCommand(), "--path", "sdxl", "--out", "fused"));
    }

    @Test
    void unfusesWhatWasFused() throws Exception {
        var json = console.json(new UnfuseLoraCommand(), "--model", "tiny-sdxl", "--out", "/plain");

        assertEquals(new FuseLoraRequest(new PipelineSource("", "tiny-sdxl", DType.FLOAT32), List.of(), "/plain"),
            console.request(FuseLoraRequest.class));
        assertEquals(12, json.get("changed").get("unet").intValue());
    }

    @Test
    void printsWhichLorasAreFusedAndWhichNot() throws Exception {
        console.halftone.unfused = List.of("other.safetensors: conv_in");
        String text = console.run(new CheckLoraCommand(), "--path", "/p");

        assertEquals(new PipelineSource("/p", "", DType.FLOAT32), console.request(PipelineSource.class));
        assertEquals(List.of("fused         style.safetensors, SHA-256 00ff, scale 0.9", "not fused     other.safetensors: conv_in"),
            text.lines().toList());
    }

    @Test
    void failsForAFindingOnlyWhereItIsAskedTo() throws Exception {
        console.run(new CheckLoraCommand(), "--path", "/p", "--fail");
        console.halftone.unfused = List.of("other.safetensors: conv_in");

        assertEquals("check-lora: found 1 layers with a LoRA that is not fused; expected none",
            assertThrows(JobException.class, () -> console.run(new CheckLoraCommand(), "--path", "/p", "--fail")).getMessage());
    }

    @Test
    void refusesToFuseIntoAPreset() {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> console.run(new FuseLoraCommand(), "--model", "sdxl-1.0", "--lora",
            "a", "--out", "b"))
            .getMessage().startsWith("model: found the preset sdxl-1.0, which has no weights"));
    }
}
