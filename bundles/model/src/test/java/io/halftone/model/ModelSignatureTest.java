package io.halftone.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.model.ModelSignature.Extent;
import io.halftone.model.ModelSignature.Port;
import io.halftone.ops.DType;
import io.halftone.ops.Dim;
import io.halftone.ops.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelSignatureTest {
    private static final Dim BATCH = Dim.named("batch");
    private static final Dim H = Dim.named("height");
    private static final Port SAMPLE = Port.computed("sample", Shape.of(BATCH, Dim.of(4), H.times(2).plus(1)));
    private static final Port TIMESTEP = Port.of("timestep", DType.FLOAT32, Shape.of(new long[0]));

    @Test
    void aPortFollowsTheComputeTypeOrHasItsOwn() {
        assertEquals(DType.FLOAT16, SAMPLE.type(DType.FLOAT16));
        assertEquals(DType.FLOAT32, TIMESTEP.type(DType.FLOAT16));
    }

    @Test
    void findsAnInputByName() {
        ModelSignature signature = signature(extents());
        assertEquals(TIMESTEP, signature.input("timestep"));
        var e = assertThrows(IllegalArgumentException.class, () -> signature.input("guidance"));
        assertEquals("input guidance: found none; expected one of [sample, timestep]", e.getMessage());
    }

    @Test
    void refusesAnInputWithADimensionWithoutExtents() {
        Map<String, Extent> extents = extents();
        extents.remove("height");
        var e = assertThrows(IllegalArgumentException.class, () -> signature(extents));
        assertEquals("input sample: found dimension height; expected one of [batch]", e.getMessage());
    }

    @Test
    void keepsTheOrderOfItsDimensionsAndItsOwnCopy() {
        Map<String, Extent> extents = extents();
        ModelSignature signature = signature(extents);
        extents.clear();
        assertEquals(List.of("height", "batch"), List.copyOf(signature.extents().keySet()));
        assertThrows(UnsupportedOperationException.class, () -> signature.extents().clear());
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 2", "-1, 1, 2", "2, 1, 3", "1, 3, 2", "4, 4, 3"})
    void refusesExtentsOutOfOrder(long least, long usual, long greatest) {
        var e = assertThrows(IllegalArgumentException.class, () -> new Extent(least, usual, greatest));
        assertEquals("extent: found " + least + ", " + usual + ", " + greatest + "; expected 1 <= least <= usual <= greatest", e.getMessage());
    }

    @Test
    void oneExtentMayBeAll() {
        assertEquals(1, new Extent(1, 1, 1).greatest());
    }

    @Test
    void isBuiltForAllThatItTakesWhereNothingElseIsSaid() {
        assertEquals(extents(), signature(extents()).profile());
    }

    @Test
    void refusesAProfileBeyondWhatItTakes() {
        Map<String, Extent> profile = extents();
        profile.put("height", new Extent(8, 64, 256));
        assertEquals("profile: height: found Extent[least=8, usual=64, greatest=256]; expected it within Extent[least=8, usual=64, greatest=128]",
            refusal(profile));
        profile.remove("height");
        assertEquals("profile: found dimensions [batch]; expected [height, batch]", refusal(profile));
    }

    private static String refusal(Map<String, Extent> profile) {
        return assertThrows(IllegalArgumentException.class, () -> new ModelSignature(List.of(SAMPLE, TIMESTEP),
            List.of(Port.computed("out", SAMPLE.shape())), extents(), profile)).getMessage();
    }

    private static Map<String, Extent> extents() {
        Map<String, Extent> extents = new LinkedHashMap<>();
        extents.put("height", new Extent(8, 64, 128));
        extents.put("batch", new Extent(1, 2, 8));
        return extents;
    }

    private static ModelSignature signature(Map<String, Extent> extents) {
        return new ModelSignature(List.of(SAMPLE, TIMESTEP), List.of(Port.computed("out", SAMPLE.shape())), extents);
    }
}
