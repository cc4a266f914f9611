package io.halftone.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.CalibrationSettings;
import io.halftone.api.Distribution;
import io.halftone.api.EvaluateRequest;
import io.halftone.api.EvaluateRequest.Full;
import io.halftone.api.EvaluateRequest.Quantized;
import io.halftone.api.EvaluateRequest.Restored;
import io.halftone.api.PipelineSource;
import io.halftone.api.QualityGate;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.Sampling;
import io.halftone.ops.DType;
import io.halftone.quant.QuantLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluateCommandTest {
    @TempDir
    Path folder;
    private Console console;

    @BeforeEach
    void writePrompts() throws IOException {
        Files.writeString(folder.resolve("p.txt"), "\uFEFFa red circle\n\n  a blue ring\n");
        console = new Console(folder);
        console.halftone.formats.add("fp8");
    }

    private EvaluateRequest request(String... arguments) throws Exception {
        console.run(new EvaluateCommand(), arguments);
        return (EvaluateRequest) console.halftone.requests.get(console.halftone.requests.size() - 1);
    }

    private String refusal(String... arguments) {
        return assertThrows(IllegalArgumentException.class, () -> console.run(new EvaluateCommand(), arguments)).getMessage();
    }

    @Test
    void comparesTheUsualSettingsOfAFormatWithFullPrecision() throws Exception {
        var request = request("--model", "m", "--variants", "full,int8:3", "--prompts-file", "p.txt");
        assertEquals(new PipelineSource("", "m", DType.FLOAT32), request.source());
        assertEquals(new Sampling(List.of("a red circle", "a blue ring"), "", 0, Double.NaN, 0, 0, 0, ""), request.sampling());
        assertEquals(List.of(0L), request.seeds());
        assertEquals(new CalibrationSettings(List.of(), "", 16, 2, 20, Double.NaN, 0, 0, 0), request.calibration());
        assertEquals(QualityGate.none(), request.gate());
        assertEquals(folder.resolve("halftone-out/m-evaluation").toString(), request.directory());
        Quantized only = (Quantized) request.variants().get(0);
        assertEquals("int8:3 int8 3", only.name() + " " + only.settings().format() + " " + only.settings().level());
    }

    @Test
    void takesAlgorithmsEnginesCheckpointsAndFullPrecisionOnAnEngine() throws Exception {
        var request = request("--path", "/p", "--variants",
            "full@onnxruntime, fp8:4@onnxruntime,int8:3:max,dir/a.safetensors,a.safetensors@onnxruntime",
            "--prompts-file", "p.txt", "--seeds", "1, 2", "--batch-size", "2", "--out", "o");
        assertEquals(List.of("full@onnxruntime", "fp8:4@onnxruntime", "int8:3:max", "a.safetensors", "a.safetensors@onnxruntime"),
            request.variants().stream().map(EvaluateRequest.Variant::name).toList());
        assertEquals(new Full("full@onnxruntime", "onnxruntime"), request.variants().get(0));
        assertEquals("max", ((Quantized) request.variants().get(2)).settings().algorithm());
        assertEquals(new Restored("a.safetensors", folder.resolve("dir/a.safetensors").toString(), ""), request.variants().get(3));
        assertEquals(List.of(1L, 2L), request.seeds());
        assertEquals(folder.resolve("o").toString(), request.directory());
    }

    private List<Restored> restored(String variants) throws Exception {
        return request("--model", "m", "--variants", variants, "--prompts-file", "p.txt").variants().stream().map(Restored.class::cast).toList();
    }

    @Test
    void tellsCheckpointsOfOneNameApartByTheirFolders() throws Exception {
        assertEquals(List.of("x/c.safetensors", "y/c.safetensors", "d.safetensors", "c.safetensors@onnxruntime"),
            restored("x/c.safetensors,y/c.safetensors,x/d.safetensors,x/c.safetensors@onnxruntime").stream().map(Restored::name).toList());
        assertEquals(List.of("x/s/c.safetensors", "y/s/c.safetensors"),
            restored("x/s/c.safetensors,y/s/c.safetensors").stream().map(Restored::name).toList());
        assertEquals("variants: found c.safetensors twice; expected each name once",
            refusal("--model", "m", "--variants", "x/c.safetensors,x/c.safetensors", "--prompts-file", "p.txt"));
    }

    @Test
    void takesTheFolderOfACheckpoint() throws Exception {
        Files.createDirectories(folder.resolve("out/hub"));
        assertEquals(List.of(new Restored("hub", folder.resolve("out/hub").toString(), ""),
            new Restored("hub@onnxruntime", folder.resolve("out/hub").toString(), "onnxruntime")), restored("out/hub/,out/hub@onnxruntime"));
        assertTrue(refusal("--model", "m", "--variants", "out/none", "--prompts-file", "p.txt").startsWith("variants: found \"out/none\"; expected full, "));
    }

    @Test
    void takesWhatFollowsACheckpointOnAnEngine() throws Exception {
        Files.createFile(folder.resolve("c.safetensors"));
        EvaluateRequest request = request("--model", "m", "--variants", "c.safetensors@onnxruntime,int8:3", "--prompts-file", "p.txt");
        assertEquals(List.of("c.safetensors@onnxruntime", "int8:3"), request.variants().stream().map(variant -> variant.name()).toList());
    }

    @Test
    void refusesMoreVariantsThanAnybodyWrites() throws Exception {
        assertEquals("variants: found 1000 between commas; expected at most 256",
            refusal("--model", "m", "--variants", "full,".repeat(999) + "full", "--prompts-file", "p.txt"));
    }

    @Test
    void takesPathsWithCommasThatAreThere() throws Exception {
        Path odd = Files.createDirectories(folder.resolve("a, b")).resolve("c,d.safetensors");
        Files.createFile(odd);
        assertEquals(List.of(new Restored("c,d.safetensors", odd.toString(), ""), new Restored("e.safetensors", folder.resolve("e.safetensors").toString(), ""),
            new Restored("c,d.safetensors@onnxruntime", odd.toString(), "onnxruntime")),
            restored("a, b/c,d.safetensors,e.safetensors,a, b/c,d.safetensors@onnxruntime"));
    }

    @Test
    void takesASliceAndADistributor() throws Exception {
        assertEquals(Distribution.here(), request("--model", "m", "--variants", "int8:3", "--prompts-file", "p.txt").distribution());
        assertEquals(new Distribution("elsewhere", 3, 8), request("--model", "m", "--variants", "int8:3", "--prompts-file", "p.txt", "--slice", "3/8",
            "--distribute", "elsewhere").distribution());
        assertEquals("slice: found 8; expected a part of a number of parts, such as 3/8", refusal("--model", "m", "--variants", "int8:3", "--prompts-file",
            "p.txt", "--slice", "8"));
    }

    @Test
    void aStarStandsForEveryLevel() throws Exception {
        var request = request("--model", "m", "--variants", "fp8:*@onnxruntime", "--prompts-file", "p.txt");
        assertEquals(List.of(new QuantLevel("1"), new QuantLevel("2"), new QuantLevel("2.5"), new QuantLevel("3"), new QuantLevel("4")),
            request.variants().stream().map(variant -> ((Quantized) variant).settings().level()).toList());
    }

    @Test
    void gatesAreForEvaluateAndQuantize() throws Exception {
        var request = request("--model", "m", "--variants", "int8:3", "--prompts-file", "p.txt", "--min-psnr", "30", "--min-ssim", "0.9",
            "--max-lpips", "0.1", "--lpips-weights", "l.safetensors");
        var gate = new QualityGate(30, 0.9, 0.1, folder.resolve("l.safetensors").toString());
        assertEquals(gate, request.gate());
        console.run(new QuantizeCommand(), "--model", "m", "--quantized-torch-ckpt-save-path", "c.safetensors", "--min-psnr", "30");
        assertEquals(new QualityGate(30, Double.NaN, Double.NaN, ""), ((QuantizeRequest) console.halftone.requests.get(1)).gate());
    }

    @Test
    void refusesWhatMakesNoSense() {
        assertEquals("max-lpips: found it without the network's weights; expected lpips-weights too",
            refusal("--model", "m", "--variants", "int8:3", "--prompts-file", "p.txt", "--max-lpips", "0.1"));
        assertEquals("variants: found \"int8\"; expected full, FORMAT:LEVEL, FORMAT:LEVEL:ALGORITHM or a checkpoint, with @ENGINE behind it or without, "
            + "such as full,int8:3,fp8:4@onnxruntime", refusal("--model", "m", "--variants", "int8", "--prompts-file", "p.txt"));
        assertEquals("variants: found none beside full precision; expected at least one", refusal("--model", "m", "--variants", "full",
            "--prompts-file", "p.txt"));
        assertEquals("variants: found int8:3 twice; expected each name once", refusal("--model", "m", "--variants", "int8:3,int8:3",
            "--prompts-file", "p.txt"));
        assertEquals("engine-cache: found it without an engine; expected @ENGINE behind a variant too", refusal("--model", "m", "--variants", "int8:3",
            "--prompts-file", "p.txt", "--engine-cache", "c"));
        assertEquals("seeds: found \"x\"; expected whole numbers with commas between", refusal("--model", "m", "--variants", "int8:3",
            "--prompts-file", "p.txt", "--seeds", "1,x"));
        assertEquals(folder.resolve("absent.txt") + ": found no file; expected a file of one prompt a line", refusal("--model", "m",
            "--variants", "int8:3", "--prompts-file", "absent.txt"));
    }

    @Test
    void printsATableAndWhereTheReportIs() throws Exception {
        String text = console.run(new EvaluateCommand(), "--model", "m", "--variants", "int8:3", "--prompts-file", "p.txt", "--out", "o");
        assertTrue(text.contains("report        " + folder.resolve("o/report.html")), text);
        assertTrue(text.contains("4 made, 8 there already"), text);
        assertTrue(text.matches("(?s).*int8:3 +[|│] [0-9.inf]+ +[|│] 33.50 +[|│] 0.9876 +[|│] 0.9800 .*12.5 +[|│] 2.0 MB.*"), text);
    }
}
