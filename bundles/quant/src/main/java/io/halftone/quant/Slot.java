package io.halftone.quant;

/** A tensor of a layer that may be quantized. */
public enum Slot {
    INPUT("input_quantizer"),
    WEIGHT("weight_quantizer"),
    OUTPUT("output_quantizer"),
    QUERY("q_bmm_quantizer"),
    KEY("k_bmm_quantizer"),
    VALUE("v_bmm_quantizer"),
    SOFTMAX("softmax_quantizer"),
    ATTENTION_OUTPUT("bmm2_output_quantizer");

    private final String suffix;

    Slot(String suffix) {
        this.suffix = suffix;
    }

    /** What a site's name adds to its layer's. */
    public String suffix() {
        return suffix;
    }
}
