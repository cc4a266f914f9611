package io.halftone.checkpoint.internal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halftone.checkpoint.Layout;
import io.halftone.ops.Blocks;
import io.halftone.ops.DType;
import io.halftone.ops.Parameters.Info;
import io.halftone.ops.TensorView;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** A weight as codes and back, by the names that its tensors have behind the layer's and a dot. */
public sealed interface Codec permits ScaledCodec, BlockCodec {
    String WEIGHT = "weight";
    String SCALE = "weight_scale";
    String TENSOR_SCALE = "weight_scale_2";

    /** Type and shape of each tensor. */
    Map<String, Info> tensors();

    /**
     * The bytes of each tensor; empty where a weight read back from them would not be rounded to the same values.
     *
     * @param weight in a type of floats; rounded to the compute type first
     */
    Optional<Map<String, ByteBuffer>> encode(TensorView weight);

    /** The weight that the codes stand for, in the compute type. */
    TensorView decode(Function<String, TensorView> tensors);

    /** Type and shape of the decoded weight. */
    Info decoded();

    /** What {@link #of(ObjectNode, DType)} reads. */
    void describe(ObjectNode node);

    /** The codec of a weight; empty if the layout has none for it. */
    static Optional<Codec> of(Encoding encoding, long[] shape, DType computeType, Layout layout) {
        if (encoding instanceof Encoding.Scaled scaled) {
            return ScaledCodec.of(scaled, shape, computeType, layout);
        }
        return BlockCodec.of((Encoding.Blocked) encoding, shape, computeType, layout);
    }

    /**
     * The codec that a manifest describes.
     *
     * @throws IllegalArgumentException if it is not what {@link #describe} writes
     */
    static Codec of(ObjectNode node, DType computeType) {
        long[] shape = new long[node.path("shape").size()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = node.path("shape").path(i).asLong(-1);
        }
        Layout layout = Layout.valueOf(node.path("layout").asText());
        Encoding encoding;
        if (node.has("block")) {
            var blocks = new Blocks(Blocks.Element.valueOf(node.path("codes").asText()), node.path("block").asInt(),
                Blocks.Scale.valueOf(node.path("scale").asText()));
            encoding = new Encoding.Blocked(blocks, DType.valueOf(node.path("valueType").asText()), 1);
        } else {
            float[] ones = new float[node.path("scales").asInt()];
            Arrays.fill(ones, 1);
            encoding = new Encoding.Scaled(DType.valueOf(node.path("codes").asText()), DType.valueOf(node.path("valueType").asText()), ones,
                node.path("axis").asInt());
        }
        return of(encoding, shape, computeType, layout).orElseThrow(() ->
            new IllegalArgumentException("found " + node + "; expected codes of this release"));
    }
}
