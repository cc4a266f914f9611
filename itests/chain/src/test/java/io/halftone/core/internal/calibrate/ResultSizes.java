package io.halftone.core.internal.calibrate;

import io.halftone.api.QuantSettings;
import io.halftone.core.internal.Chain;
import io.halftone.core.internal.plan.Planner;
import io.halftone.core.internal.plan.Scan;
import io.halftone.imaging.Picture;
import io.halftone.imaging.Png;
import io.halftone.metrics.ImageMetrics;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.EagerRuntime;
import io.halftone.ops.Layer;
import io.halftone.ops.Shape;
import io.halftone.ops.TensorView;
import io.halftone.pipeline.PipelineConfig;
import io.halftone.pipeline.Preset;
import io.halftone.quant.Collector;
import io.halftone.quant.Planned;
import io.halftone.quant.QuantLevel;
import io.halftone.quant.Site;
import io.halftone.quant.Statistics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * What a batch of a calibration returns of a published model, and what the coordinator does with it: the sites of the preset's plan, each folded from
 * an input as wide as the layer's, in bytes as they are sent; and how long it takes to read and merge one, and to save them all, on one thread. Needs
 * no weights: only histograms depend on the values, by the bins that occur, and there they are normal. Prints a table.
 */
public final class ResultSizes {
    private static final int STEPS = 20;
    private static final int MERGES = 20;
    private static final int PICTURES = 5;
    private static final int VALUES = 1 << 16;

    private ResultSizes() {}

    /** A way of calibrating. */
    private record Way(String said, QuantSettings settings) {
        static Way of(String said, String format, String level, String algorithm, String collector) {
            return new Way(said, new QuantSettings(format, new QuantLevel(level), "standard", algorithm, Map.of(), collector, 1, List.of()));
        }
    }

    /** Prints. */
    public static void main(String[] args) throws Exception {
        System.getProperties().putIfAbsent("halftone.models", ".");
        List<Way> ways = List.of(Way.of("INT8, SmoothQuant, default", "int8", "3", "smoothquant", "default"),
            Way.of("INT8, SmoothQuant, min-mean", "int8", "3", "smoothquant", "min-mean"), Way.of("FP8, max", "fp8", "4", "max", "max"),
            Way.of("INT8, max, min-mean of 20 steps", "int8", "3", "max", "min-mean"), Way.of("INT8, max, percentile", "int8", "3", "max", "percentile"));
        System.out.println("| model | calibration | sites | bytes of a batch | read and merge ms | save all ms |");
        System.out.println("| --- | --- | --- | --- | --- | --- |");
        for (String model : List.of("sdxl-1.0", "flux-dev")) {
            for (Way way : ways) {
                row(model, way);
            }
        }
        comparing();
        System.exit(0);
    }

    /** What the coordinator of an evaluation does with a picture of 1024 x 1024, on one thread. */
    private static void comparing() throws Exception {
        int side = 1024;
        Random random = new Random(1);
        float[] one = new float[3 * side * side];
        float[] other = new float[one.length];
        for (int i = 0; i < one.length; i++) {
            one[i] = random.nextFloat();
            other[i] = Math.min(1, one[i] + random.nextFloat() / 50);
        }
        Picture reference = Picture.fromPlanar(one, 0, side, side);
        Picture picture = Picture.fromPlanar(other, 0, side, side);
        Path file = Files.createTempFile("halftone-picture", ".png");
        double[] millis = new double[PICTURES];
        for (int i = 0; i < PICTURES; i++) {
            long begin = System.nanoTime();
            ImageMetrics.psnr(reference, picture);
            ImageMetrics.ssim(reference, picture);
            ImageMetrics.msSsim(reference, picture);
            Png.write(picture, file, Map.of());
            millis[i] = (System.nanoTime() - begin) / 1e6;
        }
        Files.delete(file);
        Arrays.sort(millis);
        System.out.printf(Locale.ROOT, "%na picture of 1024 x 1024, compared and written: %.0f ms (median of %d, of noise, which PNG cannot shrink)%n",
            millis[PICTURES / 2], PICTURES);
    }

    private static void row(String model, Way way) throws Exception {
        Observed observed = observed(model, way.settings());
        Map<Site, Statistics> one = seen(model, observed);
        byte[] bytes = StatisticsBytes.of(one);
        Gathered gathered = new Gathered(PartialStatistics.none("d", 2 * MERGES), observed.sites().keySet(),
            site -> observed.sites().get(site).collector());
        long begin = 0;
        for (int batch = 0; batch < 2 * MERGES; batch++) {
            begin = batch == MERGES ? System.nanoTime() : begin;   // the first half warms up
            gathered.add(batch, StatisticsBytes.read(bytes));
        }
        double merge = (System.nanoTime() - begin) / 1e6 / MERGES;
        Map<Site, String> names = new LinkedHashMap<>();
        observed.sites().forEach((site, asked) -> names.put(site, asked.observation().collector()));
        Path file = Files.createTempFile("halftone-statistics", ".safetensors");
        StatisticsFile.write(file, new StatisticsFile.Content(gathered.statistics(), names));
        begin = System.nanoTime();
        StatisticsFile.write(file, new StatisticsFile.Content(gathered.statistics(), names));
        double save = (System.nanoTime() - begin) / 1e6;
        Files.delete(file);
        System.out.printf(Locale.ROOT, "| %s | %s | %d | %,d | %.1f | %.0f |%n", model, way.said(), one.size(), bytes.length, merge, save);
    }

    private static Scan scan(String model) {
        Preset preset = Chain.PLUGINS.presets().get(model);
        PipelineConfig config = Chain.WORK.opener().configuration("preset " + model, preset.files());
        String backbone = Chain.PLUGINS.pipelines().get(config.index().className()).spec(config).backbone();
        return Scan.of(Chain.PLUGINS.models().get(config.component(backbone).className()), config.component(backbone));
    }

    private static Observed observed(String model, QuantSettings settings) {
        List<Planned> plan = new Planner(settings, Chain.PLUGINS).plan(scan(model).layers());
        return Observed.of(plan, Chain.PLUGINS, STEPS, 1);
    }

    /** What the sites see of normal values: as wide as the layer's input where each channel counts, and {@value #VALUES} of them where none does. */
    private static Map<Site, Statistics> seen(String model, Observed observed) throws Exception {
        float[] normal = new float[VALUES];
        Random random = new Random(2);
        for (int i = 0; i < VALUES; i++) {
            normal[i] = (float) random.nextGaussian();
        }
        Map<String, Layer> layers = new LinkedHashMap<>();
        scan(model).layers().forEach(layer -> layers.put(layer.name(), layer));
        Map<Site, Statistics> seen = new LinkedHashMap<>();
        Chain.RUNTIME.run(1, new EagerRuntime.Task<Void>() {
            @Override
            public <T> Void run(EagerRuntime.Context<T> context) {
                EagerOps<T> ops = context.ops(new RandomParameters(Map.of(), DType.FLOAT32), DType.FLOAT32);
                observed.sites().forEach((site, asked) -> {
                    try (Collector.Fold<T> fold = asked.collector().fold(ops, asked.request(), 0)) {
                        for (int step = 0; step < STEPS; step++) {
                            int at = step;
                            ops.region("", () -> {
                                int width = Math.toIntExact(width(layers.get(site.layer())));
                                int rows = asked.request().channelAxis() == Collector.Request.NO_AXIS ? VALUES / width : 1;
                                fold.accept(ops.load(TensorView.ofFloats(Arrays.copyOf(normal, rows * width), rows, width)), at);
                                return new ArrayList<>();
                            });
                        }
                        seen.put(site, fold.statistics());
                    }
                });
                return null;
            }
        });
        return seen;
    }

    /** Features that go into a layer; of no meaning for one whose range is of the tensor as a whole. */
    private static long width(Layer layer) {
        if (layer instanceof Layer.Linear linear) {
            Shape weight = linear.weightShape();
            return weight.sizes()[1];
        }
        return 1;
    }
}
