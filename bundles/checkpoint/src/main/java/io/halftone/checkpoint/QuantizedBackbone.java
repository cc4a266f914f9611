package io.halftone.checkpoint;

import io.halftone.ops.DType;
import io.halftone.ops.Parameters;
import java.util.List;
import java.util.Set;

/**
 * What is to be stored.
 *
 * @param recipe      how it came to be; kept word for word
 * @param computeType float32, float16 or bfloat16: what the model computes in
 * @param baseDigest  what tells the base checkpoint from others, such as a SHA-256
 * @param base        the tensors that calibration began with
 * @param parameters  the tensors as algorithms left them: all of base, changed weights in the compute type, and added parameters
 * @param layers      those that are quantized
 * @param unquantized full names of the linear layers and convolutions that are not
 */
public record QuantizedBackbone(String recipe, DType computeType, String baseDigest, Parameters base, Parameters parameters,
                                List<QuantizedLayer> layers, Set<String> unquantized) {
    public QuantizedBackbone {
        if (!computeType.isCompute()) {
            throw new IllegalArgumentException("compute type: found " + computeType + "; expected FLOAT32, FLOAT16 or BFLOAT16");
        }
        layers = List.copyOf(layers);
        unquantized = Set.copyOf(unquantized);
    }
}
