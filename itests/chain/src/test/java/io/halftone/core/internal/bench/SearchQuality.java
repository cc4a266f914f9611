package io.halftone.core.internal.bench;

import io.halftone.api.CalibrationSettings;
import io.halftone.api.CalibrationWork;
import io.halftone.api.PipelineSource;
import io.halftone.api.PlanRequest;
import io.halftone.api.PlanResult;
import io.halftone.api.QuantSettings;
import io.halftone.api.SearchRequest;
import io.halftone.core.internal.Chain;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.core.internal.search.Candidate;
import io.halftone.core.internal.search.Measured;
import io.halftone.core.internal.search.Search;
import io.halftone.core.internal.search.SearchSession;
import io.halftone.core.internal.search.Unseen;
import io.halftone.ops.DType;
import io.halftone.quant.QuantLevel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Prints what a search makes of the share of weights that each level quantizes, as rows of a Markdown table: on prompts that are
 * neither calibrated with nor searched. Arguments: a scratch folder, the number of seeds, the prompts and the steps to search
 * with, names of pipelines.
 */
public final class SearchQuality {
    /** None of them is in a list that calibration uses. */
    private static final List<String> PROMPTS = List.of("a large blue circle on the center of a purple background",
        "a large yellow square on the bottom of a purple background", "a small white circle on the right of a black background",
        "a large yellow diamond on the left of a red background", "a small orange square on the top of a red background",
        "a small red cross on the left of a white background", "a large green ring on the center of a black background",
        "a small blue triangle on the bottom of a yellow background");
    private static final int STEPS = 20;
    private static final List<String> LEVELS = List.of("2", "2.5", "3");
    private static final int HALVINGS = 6;

    private SearchQuality() {}

    /** What is compared: layers quantized together. */
    private record Row(String level, String name, List<Candidate> mix, double share, double cost) {}

    public static void main(String[] args) throws Exception {
        Path scratch = Files.createDirectories(Path.of(args[0]));
        int seeds = Integer.parseInt(args[1]);
        System.out.println("| pipeline | level | chosen by | layers | weights quantized | cost | PSNR | better than the level by |");
        System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- |");
        for (String model : List.of(args).subList(4, args.length)) {
            rows(model, scratch, seeds, Integer.parseInt(args[2]), Integer.parseInt(args[3]));
        }
        System.exit(0);
    }

    private static void rows(String model, Path scratch, int seeds, int prompts, int steps) throws Exception {
        PipelineSource source = new PipelineSource("", model, DType.FLOAT32);
        SearchRequest request = new SearchRequest(source, QuantSettings.int8(new QuantLevel("3")), List.of(), CalibrationSettings.of(16, STEPS, 0),
            CalibrationWork.whole(), prompts, steps, Double.NaN, 1, scratch.resolve(model + ".yaml").toString(), "");
        try (OpenPipeline pipeline = Chain.WORK.open(source);
             SearchSession session = new SearchSession(Chain.PLUGINS, Chain.RUNTIME, pipeline, request)) {
            Search search = session.measure(scratch.resolve(model), Monitor.silent());
            List<Row> rows = new ArrayList<>();
            for (String level : LEVELS) {
                PlanResult plan = Chain.halftone().plan(new PlanRequest("", model, "", QuantSettings.int8(new QuantLevel(level))));
                Set<String> names = plan.layers().stream().filter(PlanResult.PlannedLayer::quantized).map(PlanResult.PlannedLayer::name)
                    .collect(Collectors.toSet());
                List<Measured> its = search.measured().stream().filter(m -> names.contains(m.candidate().layer())).toList();
                Row byLevel = row(level, "level", its, plan);
                rows.add(byLevel);
                Row byCost = row(level, "search, no greater cost", search.within(byLevel.cost() + 1e-9).chosen(), plan);
                rows.add(byCost);
                if (!Set.copyOf(byCost.mix()).equals(Set.copyOf(byLevel.mix()))) {   // all that may be quantized is
                    rows.add(row(level, "search, no fewer weights", ofShare(search, plan, byLevel), plan));
                }
            }
            judge(model, session, search, rows, seeds);
        }
    }

    /** The dearest choice with as many weights. */
    private static List<Measured> ofShare(Search search, PlanResult plan, Row level) throws Exception {
        double cheap = 1 - search.greatestSaving();
        double dear = 1;
        for (int i = 0; i < HALVINGS; i++) {
            double cost = (cheap + dear) / 2;
            boolean enough = row("", "", search.within(cost).chosen(), plan).share() >= level.share();
            cheap = enough ? cost : cheap;
            dear = enough ? dear : cost;
        }
        return search.within(cheap).chosen();
    }

    private static Row row(String level, String name, List<Measured> chosen, PlanResult plan) {
        Map<String, Long> weights = new LinkedHashMap<>();
        plan.layers().forEach(layer -> weights.put(layer.name(), layer.weights()));
        double all = weights.values().stream().mapToLong(Long::longValue).sum();
        double quantized = chosen.stream().mapToLong(m -> weights.get(m.candidate().layer())).sum();
        return new Row(level, name, chosen.stream().map(Measured::candidate).toList(), quantized / all,
            1 - chosen.stream().mapToDouble(Measured::saving).sum());
    }

    private static void judge(String model, SearchSession session, Search search, List<Row> rows, int seeds) throws Exception {
        List<List<Double>> psnr = new ArrayList<>();
        rows.forEach(row -> psnr.add(new ArrayList<>()));
        for (int seed = 0; seed < seeds; seed++) {
            List<Set<Candidate>> mixes = rows.stream().map(row -> Set.copyOf(row.mix())).distinct().toList();
            List<List<Double>> its = Unseen.psnr(search, session.batches(PROMPTS), STEPS, 1000L * (seed + 1), mixes);
            for (int i = 0; i < rows.size(); i++) {
                psnr.get(i).addAll(its.get(mixes.indexOf(Set.copyOf(rows.get(i).mix()))));
            }
        }
        int level = 0;
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            level = row.name().equals("level") ? i : level;
            List<Double> difference = new ArrayList<>();
            for (int k = 0; k < psnr.get(i).size(); k++) {
                difference.add(psnr.get(i).get(k) - psnr.get(level).get(k));
            }
            System.out.printf("| %s | %s | %s | %d | %.1f %% | %.4f | %s dB | %s |%n", model, row.level(), row.name(), row.mix().size(),
                100 * row.share(), row.cost(), said(psnr.get(i)), i == level ? "" : said(difference) + " dB");
        }
    }

    /** Mean and standard error. */
    private static String said(List<Double> values) {
        double mean = values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        double squares = values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum();
        return String.format("%.2f ± %.2f", mean, Math.sqrt(squares / (values.size() - 1) / values.size()));
    }
}
