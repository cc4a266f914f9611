package io.halftone.core.internal.quantize;

import io.halftone.api.PipelineSource;
import io.halftone.api.QuantSettings;
import io.halftone.core.internal.Chain;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.plan.Planner;
import io.halftone.core.internal.plan.Scan;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.export.ExportReport;
import io.halftone.ops.DType;
import io.halftone.ops.Shape;
import io.halftone.quant.LayerRewrite;
import io.halftone.quant.LayerState;
import io.halftone.quant.Planned;
import io.halftone.quant.QuantLevel;
import io.halftone.quant.Range;
import io.halftone.quant.Slot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Exports a quantized backbone of random weights with ranges that are set, not calibrated: an engine's speed does not depend on
 * them. Arguments: pipeline folder, type, output folder, format, level, value of the export option {@code weights}.
 */
public final class RangedExport {
    /** Random weights of deviation 1 / sqrt(inputs) stay within this many deviations. */
    private static final double DEVIATIONS = 4.5;
    private static final float ACTIVATION = 5;

    private RangedExport() {}

    public static void main(String[] args) throws Exception {
        Path folder = Files.createDirectories(Path.of(args[2]));
        long start = System.nanoTime();
        try (OpenPipeline pipeline = Chain.WORK.open(new PipelineSource(args[0], "", DType.valueOf(args[1])))) {
            Scan scan = pipeline.scan(pipeline.spec().backbone());
            Map<String, LayerRewrite> rewrites = new LinkedHashMap<>();
            Map<String, Set<Slot>> slots = new LinkedHashMap<>();
            QuantSettings settings = new QuantSettings(args[3], new QuantLevel(args[4]), "standard", "max", Map.of(), "max", 1, List.of());
            for (Planned planned : new Planner(settings, Chain.PLUGINS).plan(scan.layers())) {
                LayerState state = LayerState.of(planned, ranges(planned, scan), Map.of());
                String name = planned.layer().name();
                rewrites.put(name, Chain.PLUGINS.algorithms().get("max").rewrite(planned.layer(), state, planned.format()));
                slots.put(name, planned.slots());
            }
            ExportReport report = Chain.PLUGINS.exporters().get("onnx").export(new BackboneExport(pipeline, scan, rewrites, slots,
                pipeline.parameters(pipeline.spec().backbone()), Map.of(), Map.of("weights", args[5]), Monitor.silent()), folder);
            String peak = Files.readAllLines(Path.of("/proc/self/status")).stream().filter(line -> line.startsWith("VmHWM")).findFirst().orElseThrow();
            System.out.printf("%d layers, %d bytes in %.1f s, %s%n", rewrites.size(), report.bytes(), (System.nanoTime() - start) / 1e9, peak);
        }
    }

    private static Map<Slot, Range> ranges(Planned planned, Scan scan) {
        Map<Slot, Range> ranges = new EnumMap<>(Slot.class);
        for (Slot slot : planned.slots()) {
            ranges.put(slot, switch (slot) {
                case WEIGHT -> weight(planned, scan.parameters().get(planned.layer().name() + ".weight"));
                case SOFTMAX -> Range.of(1);
                default -> Range.of(ACTIVATION);
            });
        }
        return ranges;
    }

    private static Range weight(Planned planned, Shape shape) {
        long[] sizes = shape.sizes();
        float amax = (float) (DEVIATIONS / Math.sqrt((double) shape.count().size() / sizes[0]));
        if (planned.weightAxis() != 0) {
            return Range.of(amax);
        }
        float[] each = new float[Math.toIntExact(sizes[0])];
        Arrays.fill(each, amax);
        return new Range(each, 0);
    }
}
