package io.halftone.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.CalibrationSettings;
import io.halftone.api.JobException;
import io.halftone.api.ProgressListener;
import io.halftone.api.QuantSettings;
import io.halftone.api.QuantizeRequest;
import io.halftone.core.internal.doctor.Diagnostics;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import io.halftone.quant.CalibrationException;
import io.halftone.quant.Collector;
import io.halftone.quant.QuantLevel;
import io.halftone.quant.Range;
import io.halftone.quant.Statistics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Memory that libtorch does not get, while a calibration runs. */
class ScarceMemoryTest {
    @TempDir
    Path scratch;

    /** A collector that wants a petabyte at the second step: more than a process can address, so that no machine has it. */
    private static final class Greedy implements Collector {
        private static final long SIDE = 1L << 24;

        @Override
        public <T> Fold<T> fold(EagerOps<T> ops, Request request, long batch) {
            return new Fold<>() {
                @Override
                public void accept(T x, int step) {
                    if (step == 1) {
                        T one = ops.constant(new float[] {1}, Shape.of(1, 1), DType.FLOAT32);
                        ops.add(ops.expand(one, Shape.of(SIDE, 1)), ops.expand(one, Shape.of(1, SIDE)));
                    }
                }

                @Override
                public Statistics statistics() {
                    return new Statistics(Map.of(), Map.of());
                }

                @Override
                public void close() {
                    // it keeps nothing
                }
            };
        }

        @Override
        public Statistics merge(Statistics a, Statistics b) {
            return a;
        }

        @Override
        public Range range(Statistics statistics, Request request) {
            return new Range(new float[] {1}, 0);
        }

        @Override
        public String explain(Statistics statistics, Request request) {
            return "1";
        }
    }

    @Test
    void aCalibrationNamesTheSiteAndWhatToTry() {
        Plugins own = Chain.PLUGINS;
        List<Plugins.Plugin<Collector>> collectors = new ArrayList<>(own.collectors().plugins());
        collectors.add(Plugins.Plugin.of(new Greedy(), "greedy"));
        Plugins plugins = new Plugins(own.models(), own.pipelines(), own.schedulers(), own.tokenizers(), own.formats(), own.policies(),
            new Plugins.Family<>("collector", collectors), own.algorithms(), own.exporters(), own.engines(), own.presets(), own.tools(), own.distributors());
        var halftone = new HalftoneService(() -> plugins, Chain.WORK.opener(), Chain.RUNTIME, Chain.WORK.models(), new Diagnostics(List.of()));
        var settings = new QuantSettings("int8", new QuantLevel("1"), "standard", "max", Map.of(), "greedy", 1, List.of());
        Path checkpoint = scratch.resolve("out/q.safetensors");

        JobException failure = assertThrows(JobException.class, () -> halftone.quantize(QuantizeRequest.of(Chain.TINY, settings,
            CalibrationSettings.of(1, 2, 0), checkpoint.toString(), ""), ProgressListener.NONE).await());
        assertInstanceOf(CalibrationException.class, failure.getCause());
        String message = failure.getMessage();
        assertTrue(message.startsWith("down_blocks.0.resnets.0.conv1.input_quantizer at step 1 of batch 0: down_blocks.0.resnets.0: found "), message);
        assertTrue(message.contains("tried to allocate 1125899906842624 bytes"), message);
        assertTrue(message.contains("; expected room for it: choose a smaller picture or batch, fewer workers, --model-dtype Half or BFloat16"), message);
        assertEquals(1, message.lines().count(), message);
        assertTrue(Files.notExists(checkpoint.getParent()));
    }
}
