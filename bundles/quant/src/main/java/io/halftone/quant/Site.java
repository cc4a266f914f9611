package io.halftone.quant;

/**
 * A tensor that is quantized: a layer's slot.
 *
 * @param layer the layer's full name
 */
public record Site(String layer, Slot slot) {
    /** The layer's name and the slot's suffix: {@code mid_block.resnets.0.conv1.input_quantizer}. */
    public String name() {
        return layer + "." + slot.suffix();
    }

    @Override
    public String toString() {
        return name();
    }
}
