package io.halftone.api;

import io.halftone.ops.DType;

/**
 * Look at the machine.
 *
 * @param path        a pipeline folder that is to run; empty for none, or for one found by the model's name
 * @param model       a name in the model folders, or a preset; empty for none
 * @param computeType what models would compute in: FLOAT32, FLOAT16 or BFLOAT16
 * @param engine      name of the engine that is to run the backbone; empty for none in particular
 */
public record DoctorRequest(String path, String model, DType computeType, String engine) {
    public DoctorRequest {
        if (!computeType.isCompute()) {
            throw new IllegalArgumentException("model dtype: found " + computeType + "; expected Float, Half or BFloat16");
        }
    }

    /** The machine alone. */
    public static DoctorRequest machine() {
        return new DoctorRequest("", "", DType.FLOAT32, "");
    }

    /** Whether something was asked for that can be found not to work. */
    public boolean isDemanding() {
        return !path.isEmpty() || !model.isEmpty() || !engine.isEmpty();
    }
}
