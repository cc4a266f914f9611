package ${package};

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.ops.DType;
import io.halftone.ops.Layer;
import io.halftone.ops.Role;
import io.halftone.quant.Granularity;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.Range;
import io.halftone.quant.Slot;
import io.halftone.testkit.QuantFormatContract;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ${className}FormatTest extends QuantFormatContract {
    @Override
    protected QuantFormat format() {
        return new ${className}Format();
    }

    @Override
    protected double resolution() {
        return 0.5 / 31;
    }

    @Test
    void roundsTiesToEven() {
        assertArrayEquals(new float[] {0, 2, 2, 0, -2, 30},
            roundTrip(DType.FLOAT32, new float[] {0.5f, 1.5f, 2.5f, -0.5f, -1.5f, 29.5f}, Range.of(31), 6));
    }

    @Test
    void cutsWhatIsBeyondTheRangeOnBothSides() {
        assertArrayEquals(new float[] {31, -31}, roundTrip(DType.FLOAT32, new float[] {40, -1000}, Range.of(31), 2));
    }

    @Test
    void scalesEachChannelByItsOwnAmax() {
        float[] found = roundTrip(DType.FLOAT32, new float[] {1, 0.4f, 100, 40}, new Range(new float[] {31, 3100}, 0), 2, 2);
        assertArrayEquals(new float[] {1, 0, 100, 0}, found);
    }

    @Test
    void isOfferedForInputsAndWeightsOnly() {
        Layer layer = new Layer.Linear("layer", Role.QKV, 4, 4, true);
        assertEquals(Optional.of(Granularity.PER_TENSOR), format().granularity(layer, Slot.INPUT));
        assertEquals(Optional.of(Granularity.PER_CHANNEL), format().granularity(layer, Slot.WEIGHT));
        assertEquals(Optional.empty(), format().granularity(layer, Slot.QUERY));
    }
}
