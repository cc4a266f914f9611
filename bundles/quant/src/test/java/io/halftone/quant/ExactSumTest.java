package io.halftone.quant;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExactSumTest {
    @ParameterizedTest
    @ValueSource(floats = {0, 1, -1, 3.5f, Float.MIN_VALUE, -Float.MIN_VALUE, Float.MIN_NORMAL, Float.MAX_VALUE, -Float.MAX_VALUE, 1e-30f, 16777217f})
    void givesBackOneNumber(float x) {
        assertEquals(x, ExactSum.mean(ExactSum.of(x), 1), 0);
    }

    @Test
    void losesNothingBetweenHugeAndTiny() {
        long[] sum = ExactSum.add(ExactSum.add(ExactSum.of(Float.MAX_VALUE), ExactSum.of(Float.MIN_VALUE)), ExactSum.of(-Float.MAX_VALUE));
        assertEquals(Float.MIN_VALUE, ExactSum.mean(sum, 1), 0);
    }

    @Test
    void isTheSameInAnyOrderAndGrouping() {
        Random random = new Random(1);
        List<Float> numbers = new java.util.ArrayList<>(IntStream.range(0, 2000)
            .mapToObj(i -> (float) (random.nextGaussian() * Math.pow(2, random.nextInt(120) - 60))).toList());
        long[] forwards = sum(numbers);
        BigDecimal exact = numbers.stream().map(BigDecimal::new).reduce(BigDecimal.ZERO, BigDecimal::add);
        for (int i = 0; i < 20; i++) {
            Collections.shuffle(numbers, random);
            int cut = random.nextInt(numbers.size());
            assertArrayEquals(forwards, ExactSum.add(sum(numbers.subList(0, cut)), sum(numbers.subList(cut, numbers.size()))));
        }
        assertEquals(exact.floatValue(), ExactSum.mean(forwards, 1), 0);
    }

    @Test
    void roundsTheMeanOnce() {
        Random random = new Random(2);
        for (int i = 0; i < 500; i++) {
            float a = (float) random.nextGaussian();
            float b = (float) random.nextGaussian();
            int count = 1 + random.nextInt(99);
            BigDecimal exact = new BigDecimal(a).add(new BigDecimal(b)).divide(BigDecimal.valueOf(count), new java.math.MathContext(60));
            assertEquals(exact.floatValue(), ExactSum.mean(ExactSum.add(ExactSum.of(a), ExactSum.of(b)), count), 0);
        }
    }

    @Test
    void refusesWhatIsNotFinite() {
        assertEquals("sum: found NaN; expected a finite number", assertThrows(IllegalArgumentException.class, () -> ExactSum.of(Float.NaN)).getMessage());
        assertThrows(IllegalArgumentException.class, () -> ExactSum.of(Float.NEGATIVE_INFINITY));
        assertThrows(IllegalArgumentException.class, () -> ExactSum.mean(ExactSum.of(1), 0));
    }

    private static long[] sum(List<Float> numbers) {
        long[] sum = new long[ExactSum.WORDS];
        for (float x : numbers) {
            sum = ExactSum.add(sum, ExactSum.of(x));
        }
        return sum;
    }
}
