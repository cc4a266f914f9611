package io.halftone.checkpoint;

/**
 * How a quantized backbone is stored.
 *
 * @param form          how much of it
 * @param layout        for whom codes and scales are laid out
 * @param comfyMetadata whether {@code _quantization_metadata} is added, which tells ComfyUI what each layer is; it is left out, with
 *                      a note, where ComfyUI cannot run every layer
 * @param componentConfig the component's {@code config.json}, to be written beside the tensors with a {@code quantization_config}
 *                      as NVIDIA Model Optimizer has it; empty to write none
 * @param maxShardBytes most bytes of tensors in one file; 0 for a single file of any size
 */
public record StorageOptions(Form form, Layout layout, boolean comfyMetadata, String componentConfig, long maxShardBytes) {
    /** The usual: codes in one file, nothing beside it. */
    public static final StorageOptions COMPACT = of(Form.COMPACT);

    public StorageOptions {
        if (maxShardBytes < 0) {
            throw new IllegalArgumentException("shard: found " + maxShardBytes + " bytes; expected >= 0, 0 for a single file");
        }
        if (form != Form.COMPACT && (comfyMetadata || !componentConfig.isEmpty() || layout != Layout.MODEL_OPTIMIZER)) {
            throw new IllegalArgumentException("form: found " + form + "; expected COMPACT, for ComfyUI and a quantization_config speak of "
                + "weights of 8 or 4 bits");
        }
    }

    /** One file of that form, nothing beside it. */
    public static StorageOptions of(Form form) {
        return new StorageOptions(form, Layout.MODEL_OPTIMIZER, false, "", 0);
    }
}
