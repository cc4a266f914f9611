package io.halftone.checkpoint;

/** For whom codes and scales are laid out, where programs that read them differ. */
public enum Layout {
    /**
     * As NVIDIA Model Optimizer writes them: scales of channels as (out), scales of blocks row by row, of two 4-bit codes in a byte
     * the first in its low half. Source: its export package, quant_utils.py and nvfp4_tensor.py.
     */
    MODEL_OPTIMIZER,
    /**
     * As ComfyUI reads them: scales of channels as (out, 1), scales of blocks in tiles of 128 rows and 4 columns, of two 4-bit codes
     * in a byte the first in its high half. Only linear layers have codes; other weights are stored as {@link Form#FULL} has
     * them. Source: comfy-kitchen, tensor/nvfp4.py, tensor/int8.py and float_utils.py.
     */
    COMFYUI
}
