package io.halftone.format.weightonly.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.halftone.format.fp8.internal.Fp8Format;
import io.halftone.ops.DType;
import io.halftone.quant.Granularity;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.Range;
import org.junit.jupiter.api.Test;

class Fp8WeightOnlyFormatTest extends WeightOnlyFormatContract {
    @Override
    protected QuantFormat format() {
        return new Fp8WeightOnlyFormat(new Fp8Format());
    }

    @Override
    protected double resolution() {
        return 16.0 / 448;
    }

    @Override
    Granularity weights() {
        return Granularity.PER_TENSOR;
    }

    @Test
    void scalesAllChannelsByOneAmax() {
        float[] found = roundTrip(DType.FLOAT32, new float[] {17, 19, 447, 0.4375f}, Range.of(448), 2, 2);
        assertArrayEquals(new float[] {16, 20, 448, 0.4375f}, found);
    }
}
