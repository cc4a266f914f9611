package io.halftone.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.halftone.api.CalibrationSettings;
import io.halftone.api.CalibrationWork;
import io.halftone.api.CheckpointTarget;
import io.halftone.api.EvaluateRequest;
import io.halftone.api.EvaluateRequest.Quantized;
import io.halftone.api.EvaluateResult;
import io.halftone.api.Job;
import io.halftone.api.JobException;
import io.halftone.api.ProgressListener;
import io.halftone.api.QualityException;
import io.halftone.api.QualityGate;
import io.halftone.api.QuantSettings;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.Sampling;
import io.halftone.core.internal.plan.Scan;
import io.halftone.metrics.LpipsNetwork;
import io.halftone.model.ModelConfig;
import io.halftone.ops.Parameters;
import io.halftone.quant.QuantLevel;
import io.halftone.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An evaluation of the tiny SDXL: two prompts, one seed, four steps, fake quantization and an engine. */
class EvaluateTest {
    private static final List<String> PROMPTS = List.of("a large red circle on the left of a blue background",
        "a small green ring on the right of a black <background>");
    private static final QuantSettings INT8 = QuantSettings.int8(new QuantLevel("3"));

    @TempDir
    Path scratch;

    /** Cancelled in the second variant, taken up again, and judged by a gate that the better variant passes alone. */
    @Test
    void goesOnWhereItWasStoppedReportsAndJudges() throws Exception {
        AtomicReference<Job<EvaluateResult>> job = new AtomicReference<>();
        ProgressListener stopping = progress -> {
            if (progress.stage().equals("pictures of int8:3@onnxruntime") && progress.done() == 5) {
                job.get().cancel();
            }
        };
        job.set(Chain.halftone().evaluate(request(QualityGate.none()), stopping));
        assertThrows(CancellationException.class, () -> job.get().await());
        assertTrue(Files.isRegularFile(scratch.resolve("out/pictures/int8-3/p001-s1.png")));
        assertTrue(Files.notExists(scratch.resolve("out/report.json")));

        EvaluateResult result = Chain.halftone().evaluate(request(QualityGate.none()), ProgressListener.NONE).await();
        assertEquals("1 made, 5 kept", result.made() + " made, " + result.kept() + " kept");
        JsonNode report = new ObjectMapper().readTree(Path.of(result.json()).toFile());
        assertEquals(2, report.path("variants").size());
        assertEquals(4, report.at("/variants/0/relativeError").size());
        assertEquals(230, report.at("/variants/0/layers/layers").size());
        assertEquals(4, report.at("/magnitudes/0/amax").size());
        assertEquals("onnxruntime", report.at("/variants/1/engine").asText());
        assertEquals(4, report.at("/metrics/msSsim/scales").asInt());
        // what these few steps were measured to give, less what another machine's rounding may cost
        assertTrue(result.variants().get(0).worstPsnr() > 30, result.variants().get(0).toString());
        assertTrue(result.variants().get(0).bytes() < report.at("/reference/bytes").asLong() , result.variants().get(0).toString());

        EvaluateResult again = Chain.halftone().evaluate(request(QualityGate.none()), ProgressListener.NONE).await();
        assertEquals(0, again.made());
        networks();
        JobException failed = assertThrows(JobException.class, () -> Chain.halftone().evaluate(request(new QualityGate(1000, Double.NaN,
            Double.NaN,
            scratch.resolve("lpips.safetensors").toString()), scratch.resolve("clip").toString()), ProgressListener.NONE).await());
        assertTrue(failed.getMessage().startsWith("quality: int8:3"), failed.getMessage());
        assertTrue(failed.getMessage().contains("expected at least 1000.0 dB: 4 of 4 pictures fail; the worst: "), failed.getMessage());
        assertEquals(4, ((QualityException) failed.getCause()).worst().size());
        JsonNode measured = new ObjectMapper().readTree(Path.of(result.json()).toFile());
        assertTrue(measured.at("/variants/1/pictures/1/lpips").doubleValue() > 0, measured.at("/variants/1/pictures/1").toString());
        assertTrue(measured.at("/reference/pictures/1/clip").isNumber() && !measured.at("/reference/pictures/1").has("lpips"));
        assertEquals(4, measured.at("/gate/failures").size());
        // left for who wants to look at it, or for a browser's test
        Files.copy(Path.of(result.html()), Path.of("target/report.html"), StandardCopyOption.REPLACE_EXISTING);
        String page = Files.readString(Path.of(result.html()));
        assertTrue(page.contains("with SqueezeNet 1.1") && page.contains("on the right of a black &lt;background&gt;"));
        assertEquals(1 + 3 * 2, Files.readString(Path.of(result.csv())).lines().count());
    }

    @Test
    void quantizeFailsOnceItsOutputsAreThereIfAPictureDoesNotPass() throws Exception {
        Path checkpoint = scratch.resolve("c.safetensors");
        var request = new QuantizeRequest(Chain.TINY, INT8, CalibrationSettings.of(2, 2, 0), CalibrationWork.whole(), 1,
            CheckpointTarget.compact(checkpoint.toString()), "", Map.of(), new QualityGate(Double.NaN, 1, Double.NaN, ""));
        String message = assertThrows(JobException.class, () -> Chain.halftone().quantize(request,
            ProgressListener.NONE).await()).getMessage();
        assertTrue(message.matches("quality: candidate_\\d\\.png, prompt \".+\": found SSIM 0\\.\\d+; expected at least 1\\.0: 4 of 4 pictures fail; .*"), message);
        assertTrue(Files.isRegularFile(checkpoint) && Files.isRegularFile(scratch.resolve("c.safetensors.quality/candidate_3.png")));
    }

    /** Networks of random weights: an LPIPS SqueezeNet, and a CLIP with the pipeline's own tokenizer. */
    @SuppressWarnings("unchecked")
    private void networks() throws Exception {
        write(PerceptualTest.weights(LpipsNetwork.SQUEEZE.parameters()), scratch.resolve("lpips.safetensors"));
        Map<String, Object> config = new HashMap<>(PerceptualTest.CLIP);
        Map<String, Object> text = new HashMap<>((Map<String, Object>) config.get("text_config"));
        text.putAll(Map.of("vocab_size", 646, "max_position_embeddings", 77, "eos_token_id", 2));
        config.put("text_config", text);
        Path clip = Files.createDirectories(scratch.resolve("clip"));
        Files.writeString(clip.resolve("config.json"), new ObjectMapper().writeValueAsString(config));
        ModelConfig read = ModelConfig.of("config.json", config);
        write(PerceptualTest.weights(Scan.of(Chain.PLUGINS.models().get("CLIPModel"), read).parameters()),
            clip.resolve("model.safetensors"));
        for (String file : List.of("vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json")) {
            Files.copy(Chain.MODELS.resolve("tiny-sdxl/tokenizer").resolve(file), clip.resolve(file));
        }
    }

    private static void write(Parameters parameters, Path file) throws IOException {
        Map<String, Parameters.Info> infos = new HashMap<>();
        parameters.names().forEach(name -> infos.put(name, parameters.info(name)));
        try (SafetensorsWriter writer = SafetensorsWriter.create(file, infos, Map.of())) {
            for (String name : infos.keySet()) {
                writer.write(name, parameters.read(name));
            }
            writer.commit();
        }
    }

    private EvaluateRequest request(QualityGate gate) {
        return request(gate, "");
    }

    private EvaluateRequest request(QualityGate gate, String clip) {
        return new EvaluateRequest(Chain.TINY, List.of(new Quantized("int8:3", INT8, ""), new Quantized("int8:3@onnxruntime", INT8,
            "onnxruntime")),
            new Sampling(PROMPTS, "", 4, Double.NaN, 0, 0, 0, ""), List.of(1L), 1, CalibrationSettings.of(2, 4, 0), 0, gate, clip,
            scratch.resolve("engines").toString(), scratch.resolve("out").toString());
    }
}
