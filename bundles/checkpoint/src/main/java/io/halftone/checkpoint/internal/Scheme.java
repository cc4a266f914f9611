package io.halftone.checkpoint.internal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halftone.ops.Blocks;
import io.halftone.ops.DType;
import io.halftone.quant.Slot;
import java.util.Optional;

/**
 * How the layers of one group are quantized, as a quantization_config says it.
 *
 * @param algorithm the name that NVIDIA Model Optimizer gives it
 * @param rank      of the narrow matrices beside the weight; 0 if there are none
 */
record Scheme(String algorithm, Bits weights, Optional<Bits> inputs, long rank) implements Comparable<Scheme> {
    /**
     * Numbers of few bits.
     *
     * @param type    int or float
     * @param block   elements that share a scale; 0 for no blocks
     * @param channel whether each channel has a scale
     * @param dynamic whether scales come from the value itself when it is rounded
     */
    record Bits(int bits, String type, int block, boolean channel, boolean dynamic) {
        static Bits of(Encoding encoding, boolean weight) {
            if (encoding instanceof Encoding.Scaled scaled) {
                return new Bits(8, scaled.type() == DType.INT8 ? "int" : "float", 0, !scaled.isPerTensor(), false);
            }
            Blocks blocks = ((Encoding.Blocked) encoding).blocks();
            boolean dynamic = !weight && blocks.scale() == Blocks.Scale.E8M0;
            return new Bits(blocks.element() == Blocks.Element.E2M1 ? 4 : 8, "float", blocks.size(), false, dynamic);
        }

        void describe(ObjectNode node) {
            node.put("dynamic", dynamic).put("num_bits", bits).put("type", type);
            if (block > 0) {
                node.put("group_size", block);
            } else if (channel) {
                node.put("strategy", "channel");
            }
        }
    }

    static Scheme of(WeightCodes codes) {
        Encoding weight = codes.weight().orElseThrow();
        Optional<Bits> inputs = Optional.ofNullable(codes.encodings().get(Slot.INPUT)).map(e -> Bits.of(e, false));
        Bits weights = Bits.of(weight, true);
        if (codes.isNvfp4Svd()) {
            return new Scheme("NVFP4_SVD", weights, inputs, codes.lowRank().orElseThrow().rank());
        }
        return new Scheme(name(weight, weights, inputs.isPresent(), codes.inputFactors().length > 0), weights, inputs, 0);
    }

    /** Describes a group of such layers, without the layers' names. */
    void describe(ObjectNode group) {
        inputs.ifPresent(bits -> bits.describe(group.putObject("input_activations")));
        weights.describe(group.putObject("weights"));
        if (rank > 0) {
            group.put("has_zero_point", false).put("pre_quant_scale", true).put("lora_rank", rank);
        }
    }

    private static String name(Encoding weight, Bits weights, boolean inputs, boolean smoothed) {
        if (weight instanceof Encoding.Scaled) {
            if (weights.type().equals("int")) {
                return inputs ? "W8A8_SQ_PER_CHANNEL" : "W8A16";
            }
            return "FP8";
        }
        boolean powers = ((Encoding.Blocked) weight).blocks().scale() == Blocks.Scale.E8M0;
        if (weights.bits() == 4) {
            return powers ? "MXFP4" : smoothed ? "NVFP4_AWQ" : "NVFP4";
        }
        return powers ? "MXFP8" : "FP8";
    }

    @Override
    public int compareTo(Scheme other) {
        return toString().compareTo(other.toString());
    }
}
