package io.halftone.core.internal.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.core.internal.search.Front.Option;
import io.halftone.core.internal.search.Front.Point;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FrontTest {
    @Test
    void findsTheLeastErrorThatAnyChoiceHas() {
        Random random = new Random(1);
        for (int round = 0; round < 20; round++) {
            List<List<Option>> layers = layers(random, 7, 3);
            Front front = new Front(layers);
            for (int least = 0; least <= (int) front.greatestSaving(); least += 3) {
                Point point = front.saving(least).orElseThrow();
                assertTrue(point.saving() >= least, "saves " + point.saving() + " of " + least);
                assertEquals(bruteForce(layers, 0, least), point.error(), 1e-12, "round " + round + ", saving " + least);
                assertConsistent(layers, point);
            }
        }
    }

    @Test
    void comesCloseWhereSavingsAreOfAnySize() {
        Random random = new Random(2);
        List<List<Option>> layers = new ArrayList<>();
        for (int i = 0; i < 14; i++) {
            // over four decades, as layers are
            layers.add(List.of(new Option(i, Math.pow(10, -4 * random.nextDouble()), random.nextDouble())));
        }
        Front front = new Front(layers);
        for (double part = 0.05; part < 1; part += 0.05) {
            double least = part * front.greatestSaving();
            // a unit of the grid for each layer is what rounding can cost
            double best = bruteForce(layers, 0, least * (1 - 14.0 / (1 << 15)));
            assertTrue(front.saving(least).orElseThrow().error() <= bruteForce(layers, 0, least * (1 + 14.0 / (1 << 15))) + 1e-12);
            assertTrue(front.saving(least).orElseThrow().error() >= best - 1e-12);
        }
    }

    @Test
    void takesEverythingWhereAllMustBeSaved() {
        List<List<Option>> layers = List.of(List.of(new Option(0, 0.3, 1)), List.of(new Option(1, 1e-9, 5)), List.of(new Option(2, 0.1, 2)));
        Front front = new Front(layers);
        assertEquals(List.of(0, 1, 2), front.saving(front.greatestSaving()).orElseThrow().options());
        assertEquals(Optional.empty(), front.saving(0.41));
    }

    @Test
    void takesNothingWhereNothingMustBeSaved() {
        Front front = new Front(List.of(List.of(new Option(0, 0.3, 1)), List.of(new Option(1, 0.2, 0.5))));
        assertEquals(List.of(), front.saving(0).orElseThrow().options());
        assertEquals(List.of(1), front.saving(Double.MIN_VALUE).orElseThrow().options());
    }

    @Test
    void takesWhatDoesNoHarm() {
        Front front = new Front(List.of(List.of(new Option(0, 0.3, 0)), List.of(new Option(1, 0.2, 0))));
        assertEquals(List.of(0, 1), front.saving(0.1).orElseThrow().options());
    }

    @Test
    void neverTakesWhatSavesNothingOrIsNotFinite() {
        Front front = new Front(List.of(List.of(new Option(0, 0, 0)), List.of(new Option(1, 0.5, Double.POSITIVE_INFINITY), new Option(2, 0.25, 1))));
        assertEquals(0.25, front.greatestSaving());
        assertEquals(List.of(2), front.saving(0.25).orElseThrow().options());
        assertEquals(Optional.empty(), front.saving(0.3));
    }

    private static List<List<Option>> layers(Random random, int count, int most) {
        List<List<Option>> layers = new ArrayList<>();
        int id = 0;
        for (int i = 0; i < count; i++) {
            List<Option> its = new ArrayList<>();
            for (int o = random.nextInt(most) + 1; o > 0; o--) {
                its.add(new Option(id++, 1 + random.nextInt(20), random.nextDouble()));
            }
            layers.add(its);
        }
        return layers;
    }

    private static double bruteForce(List<List<Option>> layers, int from, double least) {
        if (from == layers.size()) {
            return least <= 0 ? 0 : Double.POSITIVE_INFINITY;
        }
        double best = bruteForce(layers, from + 1, least);
        for (Option option : layers.get(from)) {
            best = Math.min(best, option.error() + bruteForce(layers, from + 1, least - option.saving()));
        }
        return best;
    }

    /** The ids are at most one of each layer, and have the point's saving and error. */
    private static void assertConsistent(List<List<Option>> layers, Point point) {
        Set<Integer> left = new HashSet<>(point.options());
        double saving = 0;
        double error = 0;
        for (List<Option> its : layers) {
            List<Option> taken = its.stream().filter(o -> left.remove(o.id())).toList();
            assertTrue(taken.size() <= 1, "two options of a layer");
            saving += taken.stream().mapToDouble(Option::saving).sum();
            error += taken.stream().mapToDouble(Option::error).sum();
        }
        assertEquals(Set.of(), left);
        assertEquals(point.saving(), saving, 1e-9);
        assertEquals(point.error(), error, 1e-12);
    }
}
