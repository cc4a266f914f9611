package io.halftone.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DimTest {
    private static final Dim H = Dim.named("h");
    private static final Dim W = Dim.named("w");

    /** An expression and, beside it, what it should come to. */
    private record Sample(Dim dim, ToLongFunction<Map<String, Long>> value) {}

    @Test
    void equalExpressionsAreEqualObjects() {
        assertSame(H.plus(W), W.plus(H));
        assertSame(H.times(W).times(2), W.times(2).times(H));
        assertSame(H.plus(1).times(H.plus(-1)), H.times(H).plus(-1));
        assertSame(H.plus(W).times(H.plus(W)), H.times(H).plus(H.times(W).times(2)).plus(W.times(W)));
        assertSame(H.plus(7).floorDiv(2), H.plus(1).floorDiv(2).plus(3));
        assertNotEquals(H, W);
        assertNotEquals(H.floorDiv(2), H.floorDiv(3));
        assertNotEquals(H.floorDiv(2), H.ceilDiv(2));
    }

    @Test
    void termsThatCancelLeaveANumber() {
        Dim zero = H.plus(W).plus(H.times(-1)).plus(W.times(-1));
        assertSame(Dim.of(0), zero);
        assertTrue(zero.isNumber());
        assertEquals(0, zero.size());
        assertSame(Dim.of(5), H.floorDiv(2).plus(5).plus(H.floorDiv(2).times(-1)));
        assertSame(Dim.of(0), H.times(0));
    }

    @Test
    void aNumberHasItsSize() {
        assertEquals(12, Dim.of(12).size());
        assertEquals(-3, Dim.of(4).plus(-7).size());
        assertTrue(Dim.of(12).isNumber());
        assertFalse(H.isNumber());
    }

    @Test
    void anExpressionHasNoSize() {
        var e = assertThrows(IllegalStateException.class, H.times(2).plus(1)::size);
        assertEquals("dimension 2*h+1: found an expression; expected a number", e.getMessage());
    }

    @Test
    void floorDivTakesOutWhatTheDivisorDivides() {
        assertSame(H.times(2), H.times(8).plus(3).floorDiv(4));
        assertEquals("floor((2*h+1)/4)+1", H.times(2).plus(5).floorDiv(4).toString());
        assertEquals("floor((w)/4)+2*h", H.times(8).plus(W).floorDiv(4).toString());
        assertSame(H.plus(W), H.plus(W).floorDiv(1));
        assertSame(Dim.of(-2), Dim.of(-7).floorDiv(4));
    }

    @Test
    void floorDivRoundsNegativeTermsDown() {
        assertEquals("floor((h+1)/2)-1", H.plus(-1).floorDiv(2).toString());
        assertSame(H.times(-3), H.times(-6).floorDiv(2));
        assertEquals("floor((-3*h)/2)", H.times(-3).floorDiv(2).toString());
        assertEquals(-5, H.times(-3).floorDiv(2).evaluate(name -> 3));
    }

    @Test
    void ceilDivRoundsUp() {
        assertSame(Dim.of(3), Dim.of(9).ceilDiv(4));
        assertSame(Dim.of(2), Dim.of(8).ceilDiv(4));
        assertSame(H.times(2).plus(1), H.times(8).plus(3).ceilDiv(4));
        assertSame(H.plus(1).floorDiv(2), H.ceilDiv(2));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void refusesADivisorBelowOne(long divisor) {
        var e = assertThrows(IllegalArgumentException.class, () -> H.floorDiv(divisor));
        assertEquals("divisor: found " + divisor + "; expected >= 1", e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "\t", "h w", "h*w", "~", "floor((h)/2)", "2", "2h", "-h"})
    void refusesANameThatIsNoWord(String name) {
        // such a name would read like an expression, and two terms could have one text
        var e = assertThrows(IllegalArgumentException.class, () -> Dim.named(name));
        assertEquals("dimension name: found \"" + name + "\"; expected a word of letters, digits and underscores", e.getMessage());
    }

    @Test
    void refusesACoefficientThatOverflows() {
        Dim large = H.times(Long.MAX_VALUE);
        assertThrows(ArithmeticException.class, () -> large.plus(H));
        assertThrows(ArithmeticException.class, () -> large.times(2));
        assertThrows(ArithmeticException.class, () -> large.evaluate(name -> 2));
    }

    @Test
    void listsItsNamesInAlphabeticalOrder() {
        Dim dim = W.plus(H.plus(Dim.named("batch")).floorDiv(2).times(W));
        assertEquals(List.of("batch", "h", "w"), List.copyOf(dim.names()));
        assertEquals(Set.of(), Dim.of(3).names());
        assertEquals(Set.of(), H.plus(H.times(-1)).names());
    }

    @Test
    void readsAsOneWritesIt() {
        assertEquals("0", Dim.of(0).toString());
        assertEquals("-4", Dim.of(-4).toString());
        assertEquals("h", H.toString());
        assertEquals("-h+1", H.times(-1).plus(1).toString());
        assertEquals("2*h-h*w+w+3", Dim.of(3).plus(W).plus(H.times(2)).plus(H.times(W).times(-1)).toString());
        assertEquals("floor((h+w)/2)*h", H.times(W.plus(H).floorDiv(2)).toString());
    }

    @Test
    void foldsInAnOrderThatDependsOnTheExpressionAlone() {
        String expected = "((((2 * floor((h + 1) / 2)) + ((-1 * h) * w)) + w) + 3)";
        Dim quotient = H.plus(1).floorDiv(2);
        List<Dim> parts = List.of(Dim.of(3), W, quotient.times(2), H.times(W).times(-1));
        Random random = new Random(5);
        for (int i = 0; i < 50; i++) {
            List<Dim> shuffled = new ArrayList<>(parts);
            java.util.Collections.shuffle(shuffled, random);
            Dim sum = Dim.of(0);
            for (Dim part : shuffled) {
                sum = sum.plus(part);
            }
            assertEquals(expected, sum.fold(new Text()));
        }
        assertEquals("0", Dim.of(0).fold(new Text()));
        assertEquals("-2", Dim.of(-2).fold(new Text()));
    }

    @Test
    void evaluatesToWhatItsPartsComeTo() {
        Random random = new Random(11);
        for (int i = 0; i < 3000; i++) {
            Sample sample = sample(random, 4);
            for (int k = 0; k < 5; k++) {
                Map<String, Long> extents = Map.of("h", 1L + random.nextInt(40), "w", 1L + random.nextInt(40), "n", (long) random.nextInt(3));
                assertEquals(sample.value().applyAsLong(extents), sample.dim().evaluate(extents::get), () -> sample.dim() + " at " + extents);
            }
        }
    }

    @Test
    void anExpressionBuiltTwiceIsEqual() {
        for (int seed = 0; seed < 500; seed++) {
            assertSame(sample(new Random(seed), 4).dim(), sample(new Random(seed), 4).dim());
        }
    }

    private static Sample sample(Random random, int depth) {
        if (depth == 0 || random.nextInt(6) == 0) {
            if (random.nextInt(4) == 0) {
                long n = random.nextInt(11) - 5;
                return new Sample(Dim.of(n), extents -> n);
            }
            String name = List.of("h", "w", "n").get(random.nextInt(3));
            return new Sample(Dim.named(name), extents -> extents.get(name));
        }
        Sample a = sample(random, depth - 1);
        long n = random.nextInt(9) - 4;
        long divisor = 1 + random.nextInt(8);
        switch (random.nextInt(6)) {
            case 0:
                Sample sum = sample(random, depth - 1);
                return new Sample(a.dim().plus(sum.dim()), x -> a.value().applyAsLong(x) + sum.value().applyAsLong(x));
            case 1:
                Sample product = sample(random, 1);
                return new Sample(a.dim().times(product.dim()), x -> a.value().applyAsLong(x) * product.value().applyAsLong(x));
            case 2:
                return new Sample(a.dim().plus(n), x -> a.value().applyAsLong(x) + n);
            case 3:
                return new Sample(a.dim().times(n), x -> a.value().applyAsLong(x) * n);
            case 4:
                return new Sample(a.dim().floorDiv(divisor), x -> Math.floorDiv(a.value().applyAsLong(x), divisor));
            default:
                return new Sample(a.dim().ceilDiv(divisor), x -> -Math.floorDiv(-a.value().applyAsLong(x), divisor));
        }
    }

    private static void assertSame(Dim expected, Dim found) {
        assertEquals(expected, found);
        assertEquals(expected.hashCode(), found.hashCode());
        assertEquals(expected.toString(), found.toString());
    }

    /** Writes down the calls. */
    private static final class Text implements Dim.Algebra<String> {
        @Override
        public String number(long value) {
            return "" + value;
        }

        @Override
        public String name(String name) {
            return name;
        }

        @Override
        public String add(String a, String b) {
            return "(" + a + " + " + b + ")";
        }

        @Override
        public String multiply(String a, String b) {
            return "(" + a + " * " + b + ")";
        }

        @Override
        public String floorDivide(String a, long divisor) {
            return "floor(" + a + " / " + divisor + ")";
        }
    }
}
