package io.halftone.export;

import java.util.List;

/**
 * What an engine made of a layer.
 *
 * @param name      the layer's full name
 * @param operator  that of the model: Conv, MatMul, Gemm; Attention for both products of one
 * @param precision what its operands are where they are multiplied: INT8, FP8, FP16, BF16, FP32 ...; empty where the engine does not
 *                  show it
 * @param kernels   what computes it, by the engine's names; several where its products are computed one by one
 * @param fused     the model's other operators that these kernels compute, by name
 * @param reason    why a quantized layer is not computed in 8 bits, or an attention not in one kernel, as far as the engine shows it;
 *                  empty for nothing to tell
 */
public record LayerReport(String name, String operator, String precision, List<String> kernels, List<String> fused, String reason) {
    /** The operator of an attention. */
    public static final String ATTENTION = "Attention";

    public LayerReport {
        kernels = List.copyOf(kernels);
        fused = List.copyOf(fused);
    }
}
