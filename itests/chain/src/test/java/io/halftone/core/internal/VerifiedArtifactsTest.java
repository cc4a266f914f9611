package io.halftone.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.CalibrationSettings;
import io.halftone.api.CalibrationWork;
import io.halftone.api.CheckpointTarget;
import io.halftone.api.EvaluateRequest;
import io.halftone.api.EvaluateResult;
import io.halftone.api.ExportRequest;
import io.halftone.api.ExportResult;
import io.halftone.api.ProgressListener;
import io.halftone.api.QualityGate;
import io.halftone.api.QuantSettings;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.Sampling;
import io.halftone.api.Verification;
import io.halftone.api.Verification.Check;
import io.halftone.api.Verification.Outcome;
import io.halftone.api.VerifyRequest;
import io.halftone.quant.PlanRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What jobs leave beside their artifacts holds against the files and against the pipeline. */
class VerifiedArtifactsTest {
    @Test
    void aStatementNamesEachFileOnce() throws Exception {
        List<String> artifacts = verify(QuantizedTiny.get().checkpoint(), "").checks().stream().filter(check -> check.subject().equals("artifact"))
            .map(Check::name).toList();

        assertEquals(List.of("checkpoint.safetensors"), artifacts);
    }

    private static Verification verify(String artifact, String pipeline) {
        return Chain.halftone().verify(new VerifyRequest(artifact, pipeline, ""));
    }

    @Test
    void checkpointExportAndEngineAreWhatTheirProvenanceSays() throws Exception {
        QuantizedTiny tiny = QuantizedTiny.get();
        for (String artifact : List.of(tiny.checkpoint(), tiny.onnx(), tiny.engineFile())) {
            Verification found = verify(artifact, "");
            assertTrue(found.isIntact(), found::toString);
            assertEquals(List.of(), found.checks().stream().filter(check -> check.outcome() != Outcome.SAME).toList());
        }
    }

    @Test
    void aCheckpointsInputsAreTheFilesThatWereRead() throws Exception {
        List<String> inputs = verify(QuantizedTiny.get().checkpoint(), "").checks().stream().filter(check -> check.subject().equals("input"))
            .map(Check::name).toList();

        assertTrue(inputs.containsAll(List.of("pipeline:model_index.json", "pipeline:unet/config.json",
            "pipeline:unet/diffusion_pytorch_model.fp16.safetensors",
            "pipeline:scheduler/scheduler_config.json", "pipeline:text_encoder/model.fp16.safetensors", "pipeline:vae/config.json")), inputs::toString);
    }

    @Test
    void anotherPipelineIsNotTheOneThatACheckpointWasMadeFrom() throws Exception {
        String other = Chain.MODELS.resolve("tiny-sd21").toString();
        Verification found = verify(QuantizedTiny.get().checkpoint(), other);

        assertFalse(found.isIntact());
        assertTrue(found.checks().stream().filter(check -> check.outcome() == Outcome.CHANGED).map(Check::name).collect(Collectors.toSet())
            .contains("pipeline:unet/config.json"));
    }

    /** A hub folder stands for its checkpoint, for export as for evaluate. */
    @Test
    void theFolderOfACheckpointIsExportedToldOfAndEvaluated(@TempDir Path scratch) throws Exception {
        String hub = scratch.resolve("hub").toString();
        var settings = new QuantSettings("int8", QuantSettings.RULES_ALONE, "standard", "max", Map.of(), "max", 1,
            List.of(new PlanRule("mid_block.*.ff.*", "", true, "", "", "")));
        Chain.halftone().quantize(new QuantizeRequest(Chain.TINY, settings, CalibrationSettings.of(1, 1, 0), CalibrationWork.whole(), 1,
            new CheckpointTarget("", CheckpointTarget.Form.COMPACT, 2_000_000, hub), "", Map.of()), ProgressListener.NONE).await();
        ExportResult export = Chain.halftone().export(new ExportRequest(Chain.TINY, hub, scratch.resolve("onnx").toString(), "onnx", Map.of()),
            ProgressListener.NONE).await();
        Verification found = verify(export.model(), "");
        assertTrue(found.isIntact(), found::toString);
        List<String> shards = found.checks().stream().map(Check::name).filter(name -> name.startsWith("checkpoint:")).toList();
        assertTrue(shards.size() > 2 && shards.contains("checkpoint:diffusion_pytorch_model.safetensors.index.json"), shards::toString);

        var one = new Sampling(List.of("a"), "", 1, Double.NaN, 0, 0, 0, "");
        EvaluateResult evaluated = Chain.halftone().evaluate(new EvaluateRequest(Chain.TINY, List.of(new EvaluateRequest.Restored("hub", hub, "")), one,
            List.of(0L), 1, CalibrationSettings.of(1, 1, 0), 1, QualityGate.none(), "", "", scratch.resolve("report").toString()),
            ProgressListener.NONE).await();
        long bytes = 0;
        try (Stream<Path> files = Files.list(Path.of(hub))) {
            for (Path file : files.filter(file -> file.toString().endsWith(".safetensors")).toList()) {
                bytes += Files.size(file);
            }
        }
        assertEquals(bytes, evaluated.variants().get(0).bytes());
    }
}
