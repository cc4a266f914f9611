package io.halftone.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.CalibrationWork;
import io.halftone.api.JobException;
import io.halftone.api.QuantSettings;
import io.halftone.api.SearchRequest;
import io.halftone.api.Verification;
import io.halftone.api.VerifyRequest;
import io.halftone.quant.QuantLevel;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.apache.karaf.shell.support.CommandException;
import org.junit.jupiter.api.Test;

/** Commands about recipes, statistics, checkpoints and presets. */
class RecordCommandsTest {
    private final Console console = new Console(Path.of("/data"));

    private String refusal(HalftoneCommand command, String... arguments) {
        return assertThrows(IllegalArgumentException.class, () -> console.run(command, arguments)).getMessage();
    }

    @Test
    void searchesWithTheCalibrationsStepsForATarget() throws Exception {
        String text = console.run(new AutoCommand(), "--model", "m", "--target-psnr", "30", "--recipe", "r.yaml", "--n-steps", "7");
        SearchRequest request = console.request(SearchRequest.class);

        assertEquals(QuantSettings.int8(new QuantLevel("3")), request.settings());
        assertEquals(List.of(), request.formats());
        assertEquals(CalibrationWork.whole(), request.work());
        assertEquals(7, request.steps());
        assertEquals(30, request.targetPsnr());
        assertEquals("/data/r.yaml", request.recipe());
        assertTrue(text.contains("chosen        1 of 2 layers"), text);
        assertTrue(text.contains("cost          87.5 % of full precision"), text);
        assertTrue(text.matches("(?s).*conv_in +[|│] int8 +[|│] 0.0123 +[|│] 75.0 % +[|│] no.*mid_block.*"), text);
    }

    @Test
    void choosesFromTheFormatsThatWereGiven() throws Exception {
        console.halftone.formats.addAll(List.of("fp8", "nvfp4"));
        var json = console.json(new AutoCommand(), "--model", "m", "--max-cost", "0.6", "--formats", "fp8, fp4,int8", "--recipe", "/r",
            "--table", "/t.csv", "--search-prompts", "4", "--search-steps", "5", "--workers", "2");
        SearchRequest request = console.request(SearchRequest.class);

        assertEquals(List.of("fp8", "nvfp4", "int8"), request.formats());
        assertEquals(QuantSettings.fp8(new QuantLevel("3")), request.settings());
        assertEquals(4, request.prompts());
        assertEquals(5, request.steps());
        assertEquals(0.6, request.maxCost());
        assertEquals(2, request.work().workers());
        assertEquals("/t.csv", json.get("table").textValue());
        assertEquals("conv_in", json.get("layers").get(1).get("layer").textValue());
    }

    @Test
    void saysWhichOptionsChangedNothingInASearch() throws Exception {
        console.halftone.idle = Set.of("alpha", "calibration", "collector");
        console.run(new AutoCommand(), "--model", "m", "--max-cost", "0.5", "--recipe", "/r", "--alpha", "0.5", "--collect-method", "min-mean",
            "--calib-size", "4");

        assertEquals("note: alpha: no effect here, as the algorithm uses it for none of the layers that are quantized\n"
            + "note: collect-method: no effect here, as every layer that is quantized is observed in its algorithm's own way, or not at all\n",
            console.errors());
    }

    @Test
    void refusesASearchThatMakesNoSense() {
        assertEquals("auto: found neither of target-psnr and max-cost; expected one of them", refusal(new AutoCommand(), "--model", "m",
            "--recipe", "r"));
        assertEquals("auto: found both of target-psnr and max-cost; expected one of them",
            refusal(new AutoCommand(), "--model", "m", "--recipe", "r", "--target-psnr", "30", "--max-cost", "0.5"));
        console.halftone.formats.add("fp8");
        assertEquals("format: found fp8; expected one of formats, [int8]",
            refusal(new AutoCommand(), "--model", "m", "--recipe", "r", "--max-cost", "0.5", "--format", "fp8", "--formats", "int8"));
    }

    @Test
    void explainsALayer() throws Exception {
        String text = console.run(new ExplainCommand(), "--restore-from", "q.safetensors", "conv_in");

        assertEquals(List.of(List.of("/data/q.safetensors", "conv_in")), console.halftone.requests);
        assertEquals(List.of("conv_in: int8, smoothquant", "  conv_in.input_quantizer", "    range   4.125",
            "    origin  max over 20 steps of 32 prompts", "  smoothing: 32 numbers"), text.lines().toList());
    }

    @Test
    void explainsEveryLayerWhereNoneIsNamed() throws Exception {
        var json = console.json(new ExplainCommand(), "--restore-from", "/q");

        assertEquals(List.of(List.of("/q", "")), console.halftone.requests);
        assertEquals("4.125", json.get("layers").get(0).get("sites").get(0).get("range").textValue());
    }

    @Test
    void verifiesAnArtifact() throws Exception {
        String text = console.run(new VerifyCommand(), "--path", "p", "--key", "k.pub", "m");

        assertEquals(List.of(new VerifyRequest("/data/m", "/data/p", "/data/k.pub")), console.halftone.requests);
        assertEquals(List.of("provenance    /data/m.provenance.json", "artifact      1 of 1 as the provenance says"), text.lines().toList());
    }

    @Test
    void failsWhereAnArtifactIsNotWhatItsProvenanceSays() {
        console.halftone.checks = List.of(new Verification.Check("artifact", "m", Verification.Outcome.CHANGED, "found a; expected b"),
            new Verification.Check("input", "pipeline:unet/config.json", Verification.Outcome.UNCHECKED, "found none"));
        var failure = assertThrows(JobException.class, () -> console.run(new VerifyCommand(), "m"));

        assertEquals("verify: found 1 changed or missing; expected none", failure.getMessage());
    }

    @Test
    void signsAnArtifact() throws Exception {
        String text = console.run(new SignCommand(), "--key", "k.pem", "m");

        assertEquals(List.of(List.of("/data/m", "/data/k.pem")), console.halftone.requests);
        assertEquals(List.of("signature     /data/m.intoto.jsonl"), text.lines().toList());
    }

    @Test
    void joinsStatistics() throws Exception {
        String text = console.run(new MergeStatsCommand(), "--out", "all.stats", "1.stats", "/s/2.stats");

        assertEquals(List.of(List.of("/data/1.stats", "/s/2.stats")), console.halftone.requests);
        assertTrue(text.contains("statistics    /data/all.stats (1.5 MB)"), text);
        assertTrue(text.contains("batches       2 of 4; the others are still to run"), text);
    }

    @Test
    void refusesToJoinNothing() {
        assertThrows(CommandException.class, () -> console.run(new MergeStatsCommand(), "--out", "all.stats"));
    }

    @Test
    void printsPresetsWithTheirAdviceAndFolder() throws Exception {
        console.halftone.folders.add("sdxl-1.0");
        String text = console.run(new PresetsCommand());

        assertTrue(text.matches("(?s).*sdxl-1.0 +[|│] int8 +[|│] smoothquant +[|│] alpha 0.8 +[|│] min-mean +[|│] 0.75 +[|│] 32 +[|│] 2 +"
            + "[|│] 20 +[|│] /models/sdxl-1.0.*"), text);
    }

    @Test
    void refusesPresetsForAFormatThatIsNotThere() {
        assertEquals("format int3: found none; expected one of [int8]", refusal(new PresetsCommand(), "--format", "int3"));
    }

    @Test
    void printsPresetsAsOneObject() throws Exception {
        console.halftone.formats.add("nvfp4");
        var presets = console.json(new PresetsCommand(), "--format", "fp4").get("presets");

        assertEquals(7, presets.size());
        assertTrue(presets.get(5).get("path").isNull());
        assertEquals("nvfp4", presets.get(5).get("format").textValue());
        assertEquals(128, presets.get(5).get("calibSize").intValue());
    }
}
