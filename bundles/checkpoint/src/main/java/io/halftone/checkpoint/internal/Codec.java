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
    /** The most scales that a weight may have: rows of the largest embeddings are a quarter of it. */
    int MOST_SCALES = 1 << 20;
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
            int scales = node.path("scales").asInt();
            int axis = node.path("axis").asInt();
            if (scales != 1 && (scales < 1 || scales > MOST_SCALES || axis < 0 || axis >= shape.length || shape[axis] != scales)) {
                throw new IllegalArgumentException("found " + scales + " scales along axis " + axis + " of " + Arrays.toString(shape)
                    + "; expected 1, or as many as the axis has");
            }
            float[] ones = new float[scales];
            Arrays.fill(ones, 1);
            encoding = new Encoding.Scaled(DType.valueOf(node.path("codes").asText()), DType.valueOf(node.path("valueType").asText()), ones, axis);
        }
        return of(encoding, shape, computeType, layout).orElseThrow(() ->
            new IllegalArgumentException("found " + node + "; expected codes of this release"));
    }
}
