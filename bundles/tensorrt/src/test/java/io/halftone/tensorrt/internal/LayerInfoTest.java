package io.halftone.tensorrt.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.export.EngineException;
import io.halftone.export.LayerReport;
import io.halftone.export.MultiplyAdds;
import io.halftone.ops.Dim;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** On what TensorRT said of real engines; where it comes from stands beside the files. */
class LayerInfoTest {
    private static final String CONV = "down_blocks.0.resnets.0.conv1";
    private static final String LINEAR = "mid_block.attentions.0.transformer_blocks.0.ff.net.2";
    private static final String ATTENTION = "down_blocks.1.attentions.0.transformer_blocks.0.attn1";

    private static OnnxFile model(Map<String, OnnxFile.Site> sites, Map<String, String> metadata) {
        return new OnnxFile(Path.of("backbone.onnx"), Map.of("sample", List.of("batch_size", "4")), metadata, new TreeMap<>(sites), List.of(), Set.of());
    }

    private static OnnxFile.Site site(String operator, int factors, String... products) {
        return new OnnxFile.Site(operator, List.of(products), factors);
    }

    private static LayerInfo read(String file, Map<String, OnnxFile.Site> sites, Map<String, String> metadata) throws IOException {
        return LayerInfo.of(Files.readString(Path.of("src/test/resources", file)), model(sites, metadata), Map.of("batch_size", 2L));
    }

    private static LayerInfo read(String file) throws IOException {
        return read(file, Map.of(CONV, site("Conv", 2, CONV + "/Conv"), LINEAR, site("MatMul", 2, LINEAR + "/MatMul")), counts());
    }

    /** Three parts of a convolution for one of a product; the batch does not matter. */
    private static Map<String, String> counts() {
        Map<String, Dim> counts = new LinkedHashMap<>();
        counts.put(CONV + "/Conv", Dim.named("batch_size").times(3));
        counts.put(LINEAR + "/MatMul", Dim.named("batch_size"));
        return Map.of(MultiplyAdds.FACT, new MultiplyAdds(Map.of(), counts).text());
    }

    @Test
    void findsConvolutionsAndProductsInInt8Kernels() throws IOException {
        LayerInfo info = read("layers-int8.json");
        assertEquals(List.of(CONV, LINEAR), info.integer());
        assertEquals(List.of(), info.floating());
        assertEquals(1, info.operators().get("Reformat"));
        assertEquals(1, info.lowShare());
        assertEquals(List.of("INT8", "INT8"), info.layers().stream().map(LayerReport::precision).toList());
    }

    @Test
    void tellsAConvolutionThatFellBackToFloatAndWhy() throws IOException {
        LayerInfo info = read("layers-fp8.json");
        assertEquals(List.of(LINEAR), info.integer());
        assertEquals(List.of(CONV), info.floating());
        assertEquals(0.25, info.lowShare());
        LayerReport conv = info.layers().get(0);
        assertEquals(new LayerReport(CONV, "Conv", "FP16", List.of("sm90_xmma_fprop_implicit_gemm_f16f16_f16f16_f16_nhwckrsc_nhwc_tilesize256x128x64"
            + "_cgasize2x1x1_warpgroupsize1x1x1_g1_beta0"), List.of(), "its kernel takes FP16 operands"), conv);
        LayerReport linear = info.layers().get(1);
        assertEquals("FP8", linear.precision());
        assertTrue(linear.fused().contains(LINEAR + "/DequantizeLinear"), linear.fused().toString());
        assertEquals("", linear.reason());
    }

    @Test
    void anAttentionIsOneKernelWhateverConvertsItsResult() throws IOException {
        LayerInfo info = read("layers-attention.json", Map.of(ATTENTION, site(LayerReport.ATTENTION, 0, ATTENTION + "/MatMul", ATTENTION + "/MatMul_1"),
            ATTENTION + ".to_q", site("MatMul", 2, ATTENTION + ".to_q/MatMul")), Map.of());
        LayerReport attention = info.layers().get(0);
        assertEquals("FP16", attention.precision());
        assertEquals(List.of("_gemm_mha_v2_0x283718a6a8744ca4b47ffb3e57fac036"), attention.kernels());
        assertEquals(List.of(ATTENTION + "/Mul", ATTENTION + "/Softmax"), attention.fused());
        assertEquals("", attention.reason());
        assertEquals(List.of(ATTENTION + ".to_q"), info.integer());
        assertEquals(List.of(), info.floating());
        assertTrue(Double.isNaN(info.lowShare()));
    }

    @Test
    void findsConvolutionsThatAreCalledCorrelations() throws IOException {
        LayerInfo info = read("layers-correlation.json", Map.of(CONV, site("Conv", 2, CONV + "/Conv"), "conv_in", site("Conv", 2, "conv_in/Conv"),
            ATTENTION, site(LayerReport.ATTENTION, 2, ATTENTION + "/MatMul", ATTENTION + "/MatMul_1")), Map.of());
        assertEquals(List.of(CONV, ATTENTION), info.integer().stream().sorted(Comparator.comparing(ATTENTION::equals)).toList());
        assertEquals(List.of("conv_in"), info.floating());
        assertEquals(Map.of("correlation", 2, "kgen", 1), info.operators());
        Map<String, LayerReport> layers = info.layers().stream().collect(Collectors.toMap(LayerReport::name, layer -> layer));
        assertEquals(List.of("sm90_xmma_fprop_implicit_gemm_e4m3f16_e4m3f32_f32_nhwckrsc_nhwc_tilesize256x128x64_cgasize1x2x1_warpgroupsize2x1x1"
            + "_g1_bias_f16"), layers.get(CONV).kernels());
        assertEquals("FP8", layers.get(CONV).precision());
        assertEquals("its kernel takes FP16 operands", layers.get("conv_in").reason());
        assertEquals("FP8", layers.get(ATTENTION).precision());
        assertEquals("", layers.get(ATTENTION).reason());
    }

    @Test
    void aQuantizedAttentionOutOfOneKernelIsTold() {
        String json = "{\"Layers\": [" + layer("gemm", "", "a/MatMul", "FP8", "FP8") + "," + layer("kgen", "__myl_Mul", "a/MatMul_1", "FP8", "Half")
            + "," + layer("gemm", "", "a/MatMul_1", "Half", "FP8") + "]}";
        LayerInfo info = LayerInfo.of(json, model(Map.of("a", site(LayerReport.ATTENTION, 2, "a/MatMul", "a/MatMul_1")), Map.of()), Map.of());
        assertEquals(List.of("a"), info.floating());
        assertEquals("its kernel takes FP16 operands; not fused: computed in 2 kernels", info.layers().get(0).reason());
    }

    @Test
    void aFusedAttentionRunsInTheWidestTypeOfItsThreeOperands() {
        assertEquals("FP8", new EngineLayer("_gemm_mha_v2_myl1_1", "kgen", "", Set.of(), List.of("FP8", "FP8", "FP8", "FP32")).precision());
        assertEquals("FP16", new EngineLayer("_gemm_mha_v2_myl1_1", "kgen", "", Set.of(), List.of("FP8", "FP8", "FP16")).precision());
        assertEquals("BF16", new EngineLayer("a", "gemm", "sm90_xmma_gemm_bf16bf16_bf16f32_f32_nn", Set.of(), List.of("FP8")).precision());
    }

    @Test
    void theScalesOfAFusedAttentionAreNoOperands() {
        String scale = "{\"Format/Datatype\": \"Float\", \"Dimensions\": [1]}";
        String operand = "{\"Format/Datatype\": \"FP8\", \"Dimensions\": [20, 4096, 64]}";
        String json = "{\"Layers\": [{\"Name\": \"_gemm_mha_v2_myl1_1\", \"LayerType\": \"kgen\", \"Inputs\": [" + String.join(",", scale, operand, operand,
            scale, operand) + "]}]}";
        EngineLayer layer = EngineLayer.of(json).get(0);
        assertTrue(layer.multiplies());
        assertEquals("FP8", layer.precision());
    }

    private static String layer(String type, String tactic, String operator, String first, String second) {
        return "{\"LayerType\": \"" + type + "\", \"TacticName\": \"" + tactic + "\", \"Name\": \"" + operator + "\", \"Inputs\": [{\"Format/Datatype\": \""
            + first + "\"}, {\"Format/Datatype\": \"" + second + "\"}], \"Metadata\": \"[ONNX Layer: " + operator + "]\"}";
    }

    @Test
    void whatOnlyConvertsComputesNothing() {
        String json = "{\"Layers\": [" + layer("Reformat", "", "a/Conv", "Int8", "Int8") + "," + layer("kgen", "__myl_ResTra_0x1", "a/Conv", "Int8", "Int8")
            + "]}";
        LayerInfo info = LayerInfo.of(json, model(Map.of("a", site("Conv", 2, "a/Conv")), Map.of()), Map.of());
        assertEquals(List.of("a"), info.floating());
        assertEquals(new LayerReport("a", "Conv", "", List.of(), List.of(), "the engine shows no layer that multiplies for a/Conv"), info.layers().get(0));
    }

    @Test
    void aWeightAloneMakesNoEightBitProduct() {
        String json = "{\"Layers\": [" + layer("gemm", "", "a/MatMul", "Half", "Int8") + "]}";
        LayerInfo info = LayerInfo.of(json, model(Map.of("a", site("MatMul", 1, "a/MatMul")), Map.of()), Map.of());
        assertEquals(List.of("a"), info.floating());
        assertEquals("one factor of its product is not quantized", info.layers().get(0).reason());
    }

    @Test
    void refusesAnInspectionWithoutDetails() {
        var names = assertThrows(EngineException.class, () -> EngineLayer.of("{\"Layers\": [\"a/Conv\"]}"));
        assertEquals("engine inspection: found names of layers alone; expected a detailed one", names.getMessage());
        var none = assertThrows(EngineException.class, () -> EngineLayer.of("{}"));
        assertEquals("engine inspection: found no list of layers; expected one", none.getMessage());
    }
}
