package io.halftone.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.halftone.api.CalibrationSettings;
import io.halftone.api.CalibrationWork;
import io.halftone.api.EvaluateRequest;
import io.halftone.api.Job;
import io.halftone.api.JobException;
import io.halftone.api.PipelineSource;
import io.halftone.api.ProgressListener;
import io.halftone.api.QualityGate;
import io.halftone.api.QuantSettings;
import io.halftone.api.Sampling;
import io.halftone.api.SearchRequest;
import io.halftone.ops.DType;
import io.halftone.quant.QuantLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures that are made to compare with are looked at as those are that somebody asked for. */
class LocatedFaultsTest {
    private static final List<String> PROMPTS = List.of("a", "b");
    private static final String WEIGHTS = "diffusion_pytorch_model.safetensors";
    private static final String EXPECTED = "; expected finite values: try another model dtype";
    private static final long SIDE = 64;

    @TempDir
    Path scratch;
    private Path copy;

    @BeforeEach
    void copy() throws IOException {
        copy = DamagedPipeline.copy("tiny-sd3", scratch.resolve("copy"));
    }

    private static String failure(Job<?> job) {
        return assertThrows(JobException.class, job::await).getMessage();
    }

    private static CalibrationSettings runs() {
        return new CalibrationSettings(PROMPTS, "", 1, 1, 1, Double.NaN, SIDE, SIDE, 5);
    }

    private String searched() {
        Path recipe = scratch.resolve("recipe.yaml");
        String failure = failure(Chain.halftone().search(new SearchRequest(source(), QuantSettings.int8(new QuantLevel("2")), List.of(), runs(),
            new CalibrationWork(1, 1, 1, "", List.of()), 1, 1, Double.NaN, 0.9, recipe.toString(), ""), ProgressListener.NONE));
        assertTrue(Files.notExists(recipe));
        return failure;
    }

    private PipelineSource source() {
        return new PipelineSource(copy.toString(), "", DType.FLOAT32);
    }

    @Test
    void aSearchNamesTheLayerOfTheDecoder() throws IOException {
        DamagedPipeline.fill(copy.resolve("vae").resolve(WEIGHTS), "decoder.conv_out.bias", DamagedPipeline.NAN);
        assertEquals("vae: decoder.conv_out: found NaN going out of it" + EXPECTED, searched());
    }

    /** A token of the prompts that are searched with, which the calibration has not. */
    @Test
    void aSearchNamesTheLayerOfAnEncoder() throws IOException {
        int token = new ObjectMapper().readTree(copy.resolve("tokenizer/vocab.json").toFile()).path("b</w>").intValue();
        DamagedPipeline.fill(copy.resolve("text_encoder/model.safetensors"), "text_model.embeddings.token_embedding.weight", token, DamagedPipeline.NAN);
        assertEquals("text_encoder: text_model.encoder.layers.0.self_attn.q_proj: found NaN going into it" + EXPECTED, searched());
    }

    @Test
    void anEvaluationNamesTheLayerOfTheDecoder() throws IOException {
        DamagedPipeline.fill(copy.resolve("vae").resolve(WEIGHTS), "decoder.conv_out.bias", DamagedPipeline.NAN);
        var int8 = new EvaluateRequest.Quantized("int8:2", QuantSettings.int8(new QuantLevel("2")), "");
        var request = new EvaluateRequest(source(), List.of(int8), new Sampling(PROMPTS.subList(0, 1), "", 1, Double.NaN, SIDE, SIDE, 0, ""),
            List.of(1L), 1, runs(), 0, QualityGate.none(), "", "", scratch.resolve("out").toString());
        assertEquals("vae: decoder.conv_out: found NaN going out of it" + EXPECTED, failure(Chain.halftone().evaluate(request, ProgressListener.NONE)));
    }
}
