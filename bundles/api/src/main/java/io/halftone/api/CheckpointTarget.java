package io.halftone.api;

/**
 * The checkpoint to write.
 *
 * @param file          safetensors file; empty for none
 * @param form          what it holds
 * @param maxShardBytes size above which the weights go to several files with an index; 0 for one file whatever its size
 * @param hubFolder     folder for a component as the Hugging Face hub has it, with {@code quantization_config}; empty for none
 */
public record CheckpointTarget(String file, Form form, long maxShardBytes, String hubFolder) {
    /** What a checkpoint holds. */
    public enum Form {
        /** Quantized weights as their codes, the others as they are. */
        COMPACT,
        /** All weights in the type that the model computes in. */
        FULL,
        /** Ranges and recipe alone: it needs the base checkpoint, which it knows by a digest. */
        STATE_ONLY
    }

    public CheckpointTarget {
        Checks.atLeast("max-shard-size", maxShardBytes, 0);
    }

    /** One compact file. */
    public static CheckpointTarget compact(String file) {
        return new CheckpointTarget(file, Form.COMPACT, 0, "");
    }

    /** No checkpoint. */
    public static CheckpointTarget none() {
        return compact("");
    }

    /** Whether nothing is to be written. */
    public boolean isNone() {
        return file.isEmpty() && hubFolder.isEmpty();
    }
}
