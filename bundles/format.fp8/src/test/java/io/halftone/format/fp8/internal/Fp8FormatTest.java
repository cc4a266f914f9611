package io.halftone.format.fp8.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.ops.DType;
import io.halftone.ops.Layer;
import io.halftone.ops.Role;
import io.halftone.quant.Granularity;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.Range;
import io.halftone.quant.Slot;
import io.halftone.testkit.QuantFormatContract;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class Fp8FormatTest extends QuantFormatContract {
    private static final Layer LINEAR = new Layer.Linear("l", Role.QKV, 4, 4, true);
    private static final Layer CONV = new Layer.Conv("c", Role.CONVOLUTION, 4, 4, 3, 1, 1, true);

    @Override
    protected QuantFormat format() {
        return new Fp8Format();
    }

    /** Between 256 and 448 codes are 32 apart. */
    @Override
    protected double resolution() {
        return 16.0 / 448;
    }

    @ParameterizedTest
    @CsvSource({"1.0, 0.9642857", "2.0, 1.9285714", "3.3, 3.2142857", "-0.05, -0.0502232", "0.001, 0.0010463", "6.3, 6.0"})
    void knownVectorsHold(float x, float restored) {
        // the printed digits, and a scale that is rounded up
        assertEquals(restored, roundTrip(DType.FLOAT32, new float[] {x}, Range.of(6), 1)[0], 1e-7 + 2e-7 * Math.abs(restored));
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void theLargestMagnitudeComesBackAsTheGreatestCode(DType type) {
        for (float amax : new float[] {6, 0.375f, 17.25f, 1, 448, 0.001953125f, 60000}) {
            float scale = Scales.of(amax, type);
            // 448 scales, rounded to the type that has 8 bits at least
            assertEquals(448 * scale, roundTrip(type, new float[] {amax}, Range.of(amax), 1)[0], amax * 0x1p-8, "amax " + amax);
        }
    }

    /** What the quotient is off by all logits of an attention are: it has to be less than a rounding of bfloat16, 2^-9. */
    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void scalesThatHoldAFactorHaveItAsTheirQuotient(DType type) {
        for (double factor : new double[] {1 / Math.sqrt(128), 1 / Math.sqrt(64), 1 / Math.sqrt(80), 0.3}) {
            for (float amax : new float[] {0, 0.01f, 0.37f, 1, 2.5f, 17.25f, 311}) {
                float[] scales = Scales.of(amax, factor, type);
                assertEquals(factor, scales[1] / (double) scales[0], factor * 1e-3, "amax " + amax);
                assertTrue(amax <= 448 * scales[0] * factor * (1 + 1e-3) && (amax == 0 || 448 * scales[0] * factor < 1.08 * amax), "amax " + amax);
            }
        }
    }

    @Test
    void isOfferedForInputsAndWeightsOfLinearLayersAndConvolutions() {
        for (Layer layer : List.of(LINEAR, CONV)) {
            assertEquals(Optional.of(Granularity.PER_TENSOR), format().granularity(layer, Slot.INPUT));
            assertEquals(Optional.of(Granularity.PER_TENSOR), format().granularity(layer, Slot.WEIGHT));
            assertEquals(Optional.empty(), format().granularity(layer, Slot.OUTPUT));
        }
    }

    @Test
    void isOfferedForAllFourOperandsOfAnAttention() {
        Layer attention = attention(64, false);
        for (Slot slot : List.of(Slot.QUERY, Slot.KEY, Slot.VALUE, Slot.SOFTMAX)) {
            assertEquals(Optional.of(Granularity.PER_TENSOR), format().granularity(attention, slot), slot.suffix());
        }
        assertEquals(Optional.empty(), format().granularity(attention, Slot.ATTENTION_OUTPUT));
    }

    @Test
    void isNotOfferedForAttentionsThatNoFusedKernelTakes() {
        assertEquals(Optional.empty(), format().granularity(attention(40, false), Slot.QUERY));
        assertEquals(Optional.empty(), format().granularity(attention(64, true), Slot.SOFTMAX));
    }

    private static Layer attention(long headDim, boolean causal) {
        return new Layer.Attention("attn", Role.ATTENTION, 2, headDim, 0.125, causal);
    }

    @Test
    void aRangeOfManyChannelsCountsAsOne() {
        float[] found = roundTrip(DType.FLOAT32, new float[] {1, 448}, new Range(new float[] {1, 448}, 0), 2);
        assertArrayEquals(new float[] {1, 448}, found);
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void theGreatestValueOfTheTypeStaysFinite(DType type) {
        float greatest = switch (type) {
            case FLOAT16 -> 65504;
            case BFLOAT16 -> 0x1.fep127f;
            default -> Float.MAX_VALUE;
        };
        for (float value : roundTrip(type, new float[] {greatest, -greatest}, Range.of(greatest), 2)) {
            assertTrue(Math.abs(value) <= greatest && Math.abs(value) >= greatest * 0.99, "found " + value);
        }
    }
}
