package io.halftone.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.BackboneChoice;
import io.halftone.api.CalibrationSettings;
import io.halftone.api.CalibrationWork;
import io.halftone.api.CompareRequest;
import io.halftone.api.PipelineSource;
import io.halftone.api.ProgressListener;
import io.halftone.api.QuantSettings;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.QuantizeResult;
import io.halftone.api.Sampling;
import io.halftone.api.SearchRequest;
import io.halftone.api.SearchResult;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.core.internal.search.Candidate;
import io.halftone.core.internal.search.Found;
import io.halftone.core.internal.search.Search;
import io.halftone.core.internal.search.SearchSession;
import io.halftone.ops.DType;
import io.halftone.quant.PlanRecipe;
import io.halftone.quant.QuantLevel;
import io.halftone.recipe.RecipeFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searches for recipes: the feed-forward layers of the tiny SD3, on one prompt of two steps. */
class SearchTest {
    private static final PipelineSource SD3 = new PipelineSource("", "tiny-sd3", DType.FLOAT32);
    private static final QuantSettings LEVEL = QuantSettings.int8(new QuantLevel("2"));
    private static final List<String> PROMPTS = List.of("a red circle", "a blue square", "a green cross");
    private static final CalibrationSettings RUNS = runs(2);
    private static final double COST = 0.95;
    private static final long SIDE = 64;
    @TempDir
    static Path scratch;
    private static SearchResult result;
    private static OpenPipeline pipeline;
    private static SearchSession session;
    private static Search search;

    @BeforeAll
    static void searchOnOneThread() throws Exception {
        result = search(request("one", List.of(), RUNS, 1, COST));
    }

    @BeforeAll
    static void measureTwoFormats() throws Exception {
        pipeline = Chain.WORK.open(SD3);
        session = new SearchSession(Chain.PLUGINS, Chain.RUNTIME, pipeline, request("two-formats", List.of("int8", "nvfp4"), RUNS, 2, COST));
        search = session.measure(scratch.resolve("two-formats"), Monitor.silent());
    }

    @AfterAll
    static void close() throws Exception {
        session.close();
        pipeline.close();
    }

    @Test
    void choosesTheLeastHarmWithinTheCost() throws Exception {
        assertTrue(result.cost() <= COST && result.cost() > COST - 0.02, "found cost " + result.cost());
        List<SearchResult.Sensitivity> layers = result.layers();
        for (int i = 1; i < layers.size(); i++) {
            assertTrue(layers.get(i - 1).error() <= layers.get(i).error(), "the least harmful first");
        }
        assertEquals(result.chosen(), layers.stream().filter(SearchResult.Sensitivity::chosen).count());
        assertTrue(0 < result.chosen() && result.chosen() < layers.size(), "found " + result.chosen() + " of " + layers.size());
        // int8 halves what a multiplication costs
        double quantized = layers.stream().filter(SearchResult.Sensitivity::chosen).mapToDouble(SearchResult.Sensitivity::cost).sum();
        assertEquals(1 - quantized / 2, result.cost(), 1e-9);
        List<String> table = Files.readAllLines(scratch.resolve("one.csv"));
        assertEquals("layer,role,kind,format,error,cost,chosen", table.get(0));
        assertEquals(layers.size() + 1, table.size());
        assertEquals(result.chosen(), table.stream().filter(line -> line.endsWith(",yes")).count());
        assertEquals(List.of("one.csv", "one.yaml", "one.yaml.provenance.json"), files("one"), "a finished search leaves no statistics");
    }

    @Test
    void twoWorkersGiveTheSameBytes() throws Exception {
        SearchResult again = search(request("two", List.of(), RUNS, 2, COST));
        assertEquals(-1, Files.mismatch(scratch.resolve("one.yaml"), scratch.resolve("two.yaml")));
        assertEquals(-1, Files.mismatch(scratch.resolve("one.csv"), scratch.resolve("two.csv")));
        assertEquals(result.psnr(), again.psnr());
    }

    @Test
    void theRecipeQuantizesWhatWasMeasured() throws Exception {
        PlanRecipe recipe = RecipeFile.read(scratch.resolve("one.yaml"));
        assertEquals(PlanRecipe.NONE, recipe.level());
        Path checkpoint = scratch.resolve("checked.safetensors");
        QuantizeResult quantized = Chain.halftone().quantize(QuantizeRequest.of(SD3, LEVEL.with(QuantSettings.RULES_ALONE, recipe.rules()), RUNS,
            checkpoint.toString(), ""), ProgressListener.NONE).await();
        Set<String> names = quantized.plan().layers().stream().filter(l -> l.quantized()).map(l -> l.name()).collect(Collectors.toSet());
        assertEquals(result.layers().stream().filter(SearchResult.Sensitivity::chosen).map(SearchResult.Sensitivity::layer)
            .collect(Collectors.toSet()), names);
        double psnr = Chain.halftone().compare(new CompareRequest(SD3, BackboneChoice.fullPrecision(), new BackboneChoice.Eager(checkpoint.toString()),
            new Sampling(PROMPTS.subList(2, 3), "", 2, Double.NaN, SIDE, SIDE, RUNS.seed(), ""), scratch.resolve("pictures").toString(), 0),
            ProgressListener.NONE).await().psnr();
        // the same arithmetic on two threads: sums in another order flip a code here and there
        assertEquals(result.psnr(), psnr, 1);
    }

    @Test
    void findsTheCheapestThatReachesAPsnr() throws Exception {
        Found cheap = search.within(0.8);
        Found found = search.reaching(cheap.psnr() + 3);
        assertTrue(found.psnr() >= cheap.psnr() + 3, "found " + found.psnr());
        assertTrue(found.cost() > cheap.cost(), "found cost " + found.cost());
    }

    @Test
    void choosesAFormatForEachLayer() throws Exception {
        Found mixed = search.within(0.8);
        assertTrue(mixed.cost() <= 0.8, "found cost " + mixed.cost());
        PlanRecipe recipe = session.recipe(mixed);
        assertTrue(recipe.rules().stream().anyMatch(rule -> rule.format().equals("nvfp4") && rule.algorithm().equals("max")), "found " + recipe);
        assertTrue(recipe.rules().stream().anyMatch(rule -> rule.format().isEmpty() && rule.algorithm().isEmpty()), "found " + recipe);
        assertEquals(mixed.chosen().size(), mixed.mix().stream().map(Candidate::layer).distinct().count());
    }

    @Test
    void saysWhatPsnrCanBeReached() {
        String message = assertThrows(IllegalArgumentException.class, () -> search.reaching(300)).getMessage();
        assertTrue(message.matches("target-psnr: found 300\\.0; expected at most \\d\\d\\.\\d\\d dB, the best measured with a layer quantized"),
            message);
    }

    @Test
    void saysWhatCostCanBeReached() {
        String message = assertThrows(IllegalArgumentException.class, () -> search.within(0.5)).getMessage();
        assertTrue(message.matches("max-cost: found 0\\.5; expected at least 0\\.\\d{4}, the cost with every layer quantized that the level and the "
            + "formats allow"), message);
    }

    @Test
    void refusesBeforeWorkBegins() {
        assertEquals("prompts: found 3 prompts; expected at least 4: calib-size and 1 to judge with", assertThrows(IllegalArgumentException.class, () ->
            search(request("none-left", List.of(), runs(3), 1, COST))).getMessage());
        assertEquals("formats: found int8-weight-only, with which every layer computes in full precision; expected formats that make multiplications "
            + "cheaper", assertThrows(IllegalArgumentException.class, () ->
            search(request("weights", List.of("int8-weight-only"), RUNS, 1, COST))).getMessage());
        assertEquals(List.of(), files("none-left"));
    }

    private static CalibrationSettings runs(int size) {
        return new CalibrationSettings(PROMPTS, "", size, 2, 2, Double.NaN, SIDE, SIDE, 5);
    }

    private static SearchRequest request(String name, List<String> formats, CalibrationSettings runs, int workers, double cost) {
        return new SearchRequest(SD3, LEVEL, formats, runs, new CalibrationWork(workers, 1, 1, "", List.of()), 1, 2, Double.NaN, cost,
            scratch.resolve(name + ".yaml").toString(), scratch.resolve(name + ".csv").toString());
    }

    private static SearchResult search(SearchRequest request) throws Exception {
        return Chain.halftone().search(request, ProgressListener.NONE).await();
    }

    private static List<String> files(String name) {
        try (Stream<Path> files = Files.list(scratch)) {
            return files.map(file -> file.getFileName().toString()).filter(file -> file.startsWith(name)).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
