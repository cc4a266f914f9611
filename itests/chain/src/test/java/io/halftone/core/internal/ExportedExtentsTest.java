package io.halftone.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import io.halftone.api.ExportRequest;
import io.halftone.api.PipelineSource;
import io.halftone.api.ProgressListener;
import io.halftone.ops.DType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an engine is built for where nothing is said: it comes with the exported file. */
class ExportedExtentsTest {
    @TempDir
    Path scratch;

    private String extents(PipelineSource source) throws Exception {
        String file = Chain.halftone().export(new ExportRequest(source, "", scratch.toString(), "onnx", Map.of()), ProgressListener.NONE).await().model();
        return ModelProto.parseFrom(Files.readAllBytes(Path.of(file))).getMetadataPropsList().stream()
            .filter(fact -> fact.getKey().equals("halftone.extents")).map(StringStringEntryProto::getValue).findFirst().orElse("none");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "tiny-sdxl|{\"batch_size\":[2,16,16],\"height\":[16,16,16],\"sequence_length\":[77,77,77],\"steps\":[1,1,1],\"width\":[16,16,16]}",
        "tiny-flux|{\"batch_size\":[1,1,1],\"latent_dim\":[4096,4096,4096],\"sequence_length\":[512,512,512]}"})
    void areTheModelsOwn(String model, String extents) throws Exception {
        assertEquals(extents, extents(new PipelineSource("", model, DType.FLOAT32)));
    }

    @Test
    void areThoseOfThePresetThatThePipelineIsCalledBy() throws Exception {
        assertEquals("{\"batch_size\":[2,16,16],\"height\":[128,128,128],\"sequence_length\":[77,77,77],\"steps\":[1,1,1],\"width\":[128,128,128]}",
            extents(new PipelineSource(Chain.MODELS.resolve("tiny-sdxl").toString(), "sdxl-1.0", DType.FLOAT32)));
    }
}
