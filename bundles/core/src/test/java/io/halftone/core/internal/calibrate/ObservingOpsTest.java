package io.halftone.core.internal.calibrate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.core.internal.TestModel;
import io.halftone.ops.DType;
import io.halftone.ops.ForwardingOps;
import io.halftone.ops.Layer;
import io.halftone.ops.Shape;
import io.halftone.ops.shape.Meta;
import io.halftone.ops.shape.ShapeOps;
import io.halftone.quant.CalibrationException;
import io.halftone.quant.Collector;
import io.halftone.quant.Site;
import io.halftone.quant.Slot;
import io.halftone.quant.Statistics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class ObservingOpsTest {
    private final List<String> calls = new ArrayList<>();
    private final ForwardingOps<Meta> target = new ForwardingOps<>(new ShapeOps(DType.FLOAT32)) {
        @Override
        public List<Meta> region(String name, Supplier<List<Meta>> body) {
            calls.add("begin");
            List<Meta> results = super.region(name, body);
            calls.add("end");
            return results;
        }

        @Override
        public Meta linear(Layer.Linear layer, Meta x) {
            calls.add(layer.name());
            return super.linear(layer, x);
        }

        @Override
        public Meta conv(Layer.Conv layer, Meta x) {
            calls.add(layer.name());
            return super.conv(layer, x);
        }

        @Override
        public Meta attention(Layer.Attention layer, Meta q, Meta k, Meta v) {
            calls.add(layer.name());
            return super.attention(layer, q, k, v);
        }
    };

    @Test
    void showsTheInputBeforeTheLayerRunsInALifetimeOfItsOwn() {
        ObservingOps<Meta> ops = observing(new Site("conv_in", Slot.INPUT), new Site("attn1.to_q", Slot.INPUT));
        ops.step(7);
        assertEquals(x(1, 4, 5, 5), ops.conv(TestModel.CONV_IN, x(1, 2, 5, 5)));
        assertEquals(x(3, 4), ops.linear(TestModel.TO_Q, x(3, 4)));
        assertEquals(List.of("begin", "conv_in.input_quantizer [1, 2, 5, 5] at 7", "end", "conv_in",
            "begin", "attn1.to_q.input_quantizer [3, 4] at 7", "end", "attn1.to_q"), calls);
    }

    @Test
    void showsQueriesKeysAndValues() {
        ObservingOps<Meta> ops = observing(new Site("attn1", Slot.QUERY), new Site("attn1", Slot.KEY), new Site("attn1", Slot.VALUE));
        ops.step(0);
        ops.attention(TestModel.ATTENTION, x(1, 2, 3, 2), x(1, 2, 4, 2), x(1, 2, 4, 6));
        assertEquals(List.of("begin", "attn1.q_bmm_quantizer [1, 2, 3, 2] at 0", "end", "begin", "attn1.k_bmm_quantizer [1, 2, 4, 2] at 0", "end",
            "begin", "attn1.v_bmm_quantizer [1, 2, 4, 6] at 0", "end", "attn1"), calls);
    }

    @Test
    void runsWhatIsNotObserved() {
        ObservingOps<Meta> ops = observing(new Site("conv_in", Slot.WEIGHT), new Site("attn1", Slot.VALUE));
        ops.conv(TestModel.CONV_IN, x(1, 2, 5, 5));
        ops.linear(TestModel.TO_OUT, x(3, 4));
        assertEquals(List.of("conv_in", "attn1.to_out.0"), calls);
    }

    @Test
    void refusesAValueOutsideTheLoop() {
        ObservingOps<Meta> ops = observing(new Site("conv_in", Slot.INPUT));
        var e = assertThrows(CalibrationException.class, () -> ops.conv(TestModel.CONV_IN, x(1, 2, 5, 5)));
        assertEquals("conv_in: found a value outside the denoising loop; expected it in a step", e.getMessage());
        ops.step(0);
        ops.conv(TestModel.CONV_IN, x(1, 2, 5, 5));
        ops.step(-1);
        assertThrows(CalibrationException.class, () -> ops.conv(TestModel.CONV_IN, x(1, 2, 5, 5)));
    }

    private ObservingOps<Meta> observing(Site... sites) {
        Map<Site, Collector.Fold<Meta>> folds = new java.util.HashMap<>();
        for (Site site : sites) {
            folds.put(site, new Collector.Fold<>() {
                @Override
                public void accept(Meta x, int step) {
                    calls.add(site + " " + x.shape() + " at " + step);
                }

                @Override
                public Statistics statistics() {
                    throw new UnsupportedOperationException();
                }

                @Override
                public void close() {
                }
            });
        }
        return new ObservingOps<>(target, folds);
    }

    private static Meta x(long... sizes) {
        return new Meta(Shape.of(sizes), DType.FLOAT32);
    }
}
