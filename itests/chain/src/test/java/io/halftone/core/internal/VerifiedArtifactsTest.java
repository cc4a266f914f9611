package io.halftone.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.Verification;
import io.halftone.api.Verification.Check;
import io.halftone.api.Verification.Outcome;
import io.halftone.api.VerifyRequest;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

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

        assertTrue(inputs.containsAll(List.of("pipeline:model_index.json", "pipeline:unet/config.json", "pipeline:unet/diffusion_pytorch_model.fp16.safetensors",
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
}
