package io.halftone.core.internal.search;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Sensitivities of a backbone's layers, and what can be chosen by them. What a choice does is foretold from what its layers do
 * alone, in two ways: their squared errors add up, as independent ones do, or their errors do, as those of one direction. The
 * best choice by each is run, and the better one taken.
 */
public final class Search {
    /** Savings that a search for a PSNR tells apart, and how many of them it measures at a time. */
    private static final int LEVELS = 64;
    private static final int AT_A_TIME = 8;

    private final SearchPool pool;
    private final List<Measured> measured;
    private final List<Front> fronts;

    private Search(SearchPool pool, List<Measured> measured) {
        this.pool = pool;
        this.measured = List.copyOf(measured);
        double[] harm = Measured.harm(measured);
        this.fronts = List.of(front(harm), front(IntStream.range(0, harm.length).mapToDouble(i -> Math.sqrt(harm[i])).toArray()));
    }

    private Front front(double[] harm) {
        Map<String, List<Front.Option>> layers = new LinkedHashMap<>();
        for (int i = 0; i < measured.size(); i++) {
            Measured one = measured.get(i);
            layers.computeIfAbsent(one.candidate().layer(), name -> new ArrayList<>()).add(new Front.Option(i, one.saving(), harm[i]));
        }
        return new Front(List.copyOf(layers.values()));
    }

    /** Runs every candidate alone, and full precision. */
    static Search measure(SearchPool pool, List<Candidate> candidates) throws IOException {
        pool.reference();
        Map<String, Long> counts = pool.counts();
        double all = counts.values().stream().mapToLong(Long::longValue).sum();
        List<List<Double>> errors = pool.errors();
        List<Measured> measured = new ArrayList<>();
        for (int i = 0; i < candidates.size(); i++) {
            measured.add(new Measured(candidates.get(i), errors.get(i), counts.getOrDefault(candidates.get(i).layer(), 0L) / all));
        }
        return new Search(pool, measured);
    }

    /** Every candidate, family by family. */
    public List<Measured> measured() {
        return measured;
    }

    /** What quantizing every layer saves, each as cheaply as it can be. */
    public double greatestSaving() {
        return fronts.get(0).greatestSaving();
    }

    /**
     * The best choice within a cost.
     *
     * @throws IllegalArgumentException if every choice costs more
     */
    public Found within(double maxCost) throws IOException {
        if (1 - maxCost > greatestSaving() + 1e-12) {
            throw new IllegalArgumentException(String.format(Locale.ROOT, "max-cost: found %s; expected at least %.4f, the cost with every layer "
                + "quantized that the level and the formats allow", maxCost, 1 - greatestSaving()));
        }
        return saving(List.of(1 - maxCost)).get(0);
    }

    /**
     * The cheapest choice with a PSNR.
     *
     * @throws IllegalArgumentException if none has; the message says the greatest
     */
    public Found reaching(double targetPsnr) throws IOException {
        TreeMap<Integer, Found> seen = new TreeMap<>();
        List<Integer> coarse = IntStream.rangeClosed(1, LEVELS / AT_A_TIME).map(i -> i * AT_A_TIME).boxed().toList();
        measure(coarse, seen);
        int reached = greatest(seen, targetPsnr, 0);
        if (reached < LEVELS) {
            measure(IntStream.range(reached == 0 ? 0 : reached + 1, reached + AT_A_TIME).boxed().toList(), seen);
        }
        int best = greatest(seen, targetPsnr, -1);
        if (best < 0) {
            throw new IllegalArgumentException(String.format(Locale.ROOT, "target-psnr: found %s; expected at most %.2f dB, the best measured with a "
                + "layer quantized", targetPsnr, seen.values().stream().mapToDouble(Found::psnr).max().orElseThrow()));
        }
        return seen.get(best);
    }

    private void measure(List<Integer> levels, Map<Integer, Found> seen) throws IOException {
        List<Found> found = saving(levels.stream().map(level -> greatestSaving() * level / LEVELS).toList());
        for (int i = 0; i < levels.size(); i++) {
            seen.put(levels.get(i), found.get(i));
        }
    }

    private static int greatest(Map<Integer, Found> seen, double psnr, int none) {
        return seen.entrySet().stream().filter(e -> e.getValue().psnr() >= psnr).mapToInt(Map.Entry::getKey).max().orElse(none);
    }

    /** The best choices that save so much each, and at least a little. */
    private List<Found> saving(List<Double> least) throws IOException {
        List<List<Measured>> choices = new ArrayList<>();
        for (double saving : least) {
            for (Front front : fronts) {
                // rounding may have taken the last digit of all that can be saved
                double enough = Math.min(Math.max(saving, Double.MIN_VALUE), front.greatestSaving());
                choices.add(front.saving(enough).orElseThrow().options().stream().map(measured::get).toList());
            }
        }
        List<List<Measured>> distinct = choices.stream().distinct().toList();
        List<List<Double>> psnr = pool.psnr(distinct.stream().map(Search::mix).toList());
        List<Found> found = new ArrayList<>();
        for (int i = 0; i < least.size(); i++) {
            Found best = null;
            for (List<Measured> choice : choices.subList(i * fronts.size(), (i + 1) * fronts.size())) {
                double mean = psnr.get(distinct.indexOf(choice)).stream().mapToDouble(Double::doubleValue).average().orElseThrow();
                if (best == null || mean > best.psnr()) {
                    best = new Found(choice, 1 - choice.stream().mapToDouble(Measured::saving).sum(), mean);
                }
            }
            found.add(best);
        }
        return found;
    }

    private static List<Candidate> mix(List<Measured> choice) {
        return choice.stream().map(Measured::candidate).toList();
    }

    /** What was measured on. */
    Subject subject() {
        return pool.subject();
    }
}
