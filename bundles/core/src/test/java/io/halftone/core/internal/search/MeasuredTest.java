package io.halftone.core.internal.search;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.core.internal.TestModel;
import io.halftone.quant.Planned;
import io.halftone.quant.Slot;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MeasuredTest {
    private static final Candidate CANDIDATE = new Candidate(new Planned(TestModel.TO_Q, Set.of(Slot.INPUT, Slot.WEIGHT), "int8", null, "max",
        "default"), 0, 0.25);

    @Test
    void savesWhatItsMultiplicationsNoLongerCost() {
        assertEquals(0.15, measured(1.0).saving(), 1e-12);
        assertEquals(3, measured(2.0, 4.0).error());
        assertEquals(Double.POSITIVE_INFINITY, measured(2.0, Double.NaN).error());
    }

    @Test
    void harmIsThePartInTheErrorsOfEachPicture() {
        assertArrayEquals(new double[] {(0.25 + 0.9) / 2, (0.75 + 0.1) / 2}, Measured.harm(List.of(measured(1.0, 9e-4), measured(3.0, 1e-4))), 1e-12);
    }

    @Test
    void whatIsNotFiniteIsNoMeasureForTheOthers() {
        assertArrayEquals(new double[] {Double.POSITIVE_INFINITY, 1, 0}, Measured.harm(List.of(measured(Double.NaN), measured(2.0), measured(0.0))));
    }

    @Test
    void whereNothingHarmsNothingIsHarm() {
        assertArrayEquals(new double[] {0, 0}, Measured.harm(List.of(measured(0.0), measured(0.0))));
    }

    private static Measured measured(Double... errors) {
        return new Measured(CANDIDATE, List.of(errors), 0.2);
    }
}
