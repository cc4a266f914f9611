package io.halftone.format.weightonly.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.halftone.format.int8.internal.Int8Format;
import io.halftone.ops.DType;
import io.halftone.quant.Granularity;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.Range;
import org.junit.jupiter.api.Test;

class Int8WeightOnlyFormatTest extends WeightOnlyFormatContract {
    @Override
    protected QuantFormat format() {
        return new Int8WeightOnlyFormat(new Int8Format());
    }

    @Override
    protected double resolution() {
        return 0.5 / 127;
    }

    @Override
    Granularity weights() {
        return Granularity.PER_CHANNEL;
    }

    @Test
    void scalesEachChannelByItsOwnAmax() {
        float[] found = roundTrip(DType.FLOAT32, new float[] {1, 0.4f, 100, 40.2f}, new Range(new float[] {127, 12700}, 0), 2, 2);
        assertArrayEquals(new float[] {1, 0, 100, 0}, found);
    }
}
