package io.halftone.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import io.halftone.api.BackboneChoice;
import io.halftone.api.CompareRequest;
import io.halftone.api.CompareResult;
import io.halftone.api.ExportRequest;
import io.halftone.api.PipelineSource;
import io.halftone.api.ProgressListener;
import io.halftone.api.Sampling;
import io.halftone.ops.DType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** FLUX's img_ids and txt_ids with a batch before them and without: two forms of one model. */
class FluxPlacesTest {
    private static final PipelineSource FLUX = new PipelineSource("", "tiny-flux", DType.FLOAT32);

    @TempDir
    Path scratch;

    private Path export(String folder, Map<String, String> options) throws Exception {
        var request = new ExportRequest(FLUX, "", scratch.resolve(folder).toString(), "onnx", options);
        return Path.of(Chain.halftone().export(request, ProgressListener.NONE).await().model());
    }

    private static Map<String, List<String>> inputs(Path model) throws Exception {
        Map<String, List<String>> inputs = new LinkedHashMap<>();
        ModelProto.parseFrom(Files.readAllBytes(model)).getGraph().getInputList().forEach(input -> inputs.put(input.getName(),
            input.getType().getTensorType().getShape().getDimList().stream().map(FluxPlacesTest::text).toList()));
        return inputs;
    }

    private static String text(Dimension dimension) {
        return dimension.hasDimValue() ? Long.toString(dimension.getDimValue()) : dimension.getDimParam();
    }

    @Test
    void haveABatchOnDemandAlone() throws Exception {
        Map<String, List<String>> plain = inputs(export("plain", Map.of()));
        Map<String, List<String>> batched = inputs(export("batched", Map.of("ids-rank", "3")));
        assertEquals(List.of("latent_dim", "3"), plain.get("img_ids"));
        assertEquals(List.of("sequence_length", "3"), plain.get("txt_ids"));
        assertEquals(List.of("batch_size", "latent_dim", "3"), batched.get("img_ids"));
        assertEquals(List.of("batch_size", "sequence_length", "3"), batched.get("txt_ids"));
        assertEquals(List.copyOf(plain.keySet()), List.copyOf(batched.keySet()));
    }

    /** Two pictures at once, so that a batch of places is one of two. Slicing changes no number: any difference would be another picture. */
    @Test
    void drawTheSamePicturesInEitherForm() throws Exception {
        var sampling = new Sampling(List.of("a large red ring on the left of a black background"), "", 2, Double.NaN, 64, 64, 3, "", 2, false);
        var request = new CompareRequest(FLUX, new BackboneChoice.OnEngine("onnxruntime", export("plain", Map.of()).toString()),
            new BackboneChoice.OnEngine("onnxruntime", export("batched", Map.of("ids-rank", "3")).toString()), sampling,
            scratch.resolve("pictures").toString(), 0);
        CompareResult result = Chain.halftone().compare(request, ProgressListener.NONE).await();
        assertEquals(2, result.pictures().size());
        assertTrue(result.psnr() == Double.POSITIVE_INFINITY, "found " + result.psnr() + " dB");
    }

    @Test
    void haveNoOtherForm() {
        assertEquals("ids-rank: found 4; expected 2 or 3",
            assertThrows(IllegalArgumentException.class, () -> export("other", Map.of("ids-rank", "4"))).getMessage());
        var request = new ExportRequest(Chain.TINY, "", scratch.resolve("sdxl").toString(), "onnx", Map.of("ids-rank", "3"));
        assertEquals("ids-rank: found an option that exporter onnx does not honour; expected one of [weights]",
            assertThrows(IllegalArgumentException.class, () -> Chain.halftone().export(request, ProgressListener.NONE)).getMessage());
    }
}
