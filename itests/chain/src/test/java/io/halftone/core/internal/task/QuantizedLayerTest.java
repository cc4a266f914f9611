package io.halftone.core.internal.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.core.internal.Chain;
import io.halftone.core.internal.QuantizedTiny;
import io.halftone.core.internal.plan.Scan;
import io.halftone.core.internal.quantize.QuantizedCheckpoint;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.export.Engine;
import io.halftone.export.ExportJob;
import io.halftone.model.ModelSignature;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.EagerRuntime;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.ops.Parameters;
import io.halftone.ops.Shape;
import io.halftone.ops.TensorView;
import io.halftone.ops.Values;
import io.halftone.quant.LayerRewrite;
import io.halftone.quant.LayerState;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.Range;
import io.halftone.quant.Slot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Single layers of the quantized checkpoint, run by ONNX Runtime and by libtorch on the same input. */
class QuantizedLayerTest {
    private static final long TOKENS = 37;
    @TempDir
    Path scratch;

    /** A layer alone: its codes of the input, dequantized, and its result. */
    private record OneLayer(Layer layer, LayerState state, LayerRewrite rewrite, QuantFormat format, Parameters weights) implements ExportJob {
        private Shape input() {
            return layer instanceof Layer.Conv conv ? Shape.of(2, conv.in(), 9, 7) : Shape.of(2, TOKENS, ((Layer.Linear) layer).in());
        }

        private Shape output() {
            return layer instanceof Layer.Conv conv
                ? Shape.of(2, conv.out(), (9 + 2 * conv.padding() - conv.kernel()) / conv.stride() + 1, (7 + 2 * conv.padding() - conv.kernel())
                    / conv.stride() + 1)
                : Shape.of(2, TOKENS, ((Layer.Linear) layer).out());
        }

        @Override
        public ModelSignature signature() {
            return new ModelSignature(List.of(ModelSignature.Port.computed("x", input())),
                List.of(ModelSignature.Port.computed("rounded", input()), ModelSignature.Port.computed("y", output())), Map.of());
        }

        @Override
        public DType computeType() {
            return DType.FLOAT32;
        }

        @Override
        public <T> Values<T> replay(Ops<T> ops, Values<T> inputs) {
            T x = inputs.get("x");
            T rounded = format.roundTrip(ops, x, state.range(Slot.INPUT));
            T weight = ops.parameter(layer.name() + ".weight", layer instanceof Layer.Conv conv ? conv.weightShape() : ((Layer.Linear) layer).weightShape());
            T y = layer instanceof Layer.Conv conv ? rewrite.conv(ops, conv, x, weight) : rewrite.linear(ops, (Layer.Linear) layer, x, weight);
            return Values.of("rounded", rounded).and("y", y);
        }

        @Override
        public Parameters parameters() {
            return weights;
        }

        @Override
        public Map<String, Set<Slot>> quantizedSlots() {
            return Map.of(layer.name(), state.ranges().keySet());
        }

        @Override
        public Map<String, String> metadata() {
            return Map.of();
        }

        @Override
        public String option(String name, String absent) {
            return absent;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mid_block.resnets.0.conv1", "down_blocks.0.downsamplers.0.conv", "mid_block.attentions.0.proj_in",
        "down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q", "up_blocks.1.attentions.0.transformer_blocks.0.ff.net.0.proj",
        "mid_block.attentions.0.transformer_blocks.0.ff.net.2"})
    void hasEqualCodesExceptAtTies(String name) throws Exception {
        try (OpenPipeline pipeline = Chain.WORK.open(Chain.TINY);
             QuantizedCheckpoint checkpoint = QuantizedCheckpoint.open(Path.of(QuantizedTiny.get().checkpoint()))) {
            Scan scan = pipeline.scan("unet");
            Layer layer = scan.layers().stream().filter(l -> l.name().equals(name)).findFirst().orElseThrow();
            LayerState state = checkpoint.states().stream().filter(s -> s.layer().equals(name)).findFirst().orElseThrow();
            OneLayer job = new OneLayer(layer, state, checkpoint.model(pipeline).rewrites(scan, Chain.PLUGINS).get(name), Chain.PLUGINS.formats().get("int8"),
                checkpoint.model(pipeline).parameters());
            float amax = state.range(Slot.INPUT).max();
            float[] x = input(job.input(), amax);
            List<float[]> torch = libtorch(job, x);
            List<float[]> ort = onnxRuntime(job, x);

            float scale = amax / 127;
            for (int i = 0; i < x.length; i++) {
                double quotient = x[i] / scale;
                double toTie = Math.abs(Math.abs(quotient - Math.floor(quotient)) - 0.5);
                if (toTie > 1e-5 * Math.max(1, Math.abs(quotient))) {
                    assertEquals(Math.round(torch.get(0)[i] / scale), Math.round(ort.get(0)[i] / scale), name + " code " + i + " of " + quotient);
                }
            }
            double largest = 0;
            for (float value : torch.get(1)) {
                largest = Math.max(largest, Math.abs(value));
            }
            for (int i = 0; i < torch.get(1).length; i++) {
                // the smoothing product rounds alike, so a code differs only where the quotient does: at most a few elements
                assertEquals(torch.get(1)[i], ort.get(1)[i], 1e-3 * largest, name + " output " + i);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mid_block.resnets.0.conv1", "mid_block.attentions.0.proj_in"})
    void hasARangeForEachChannelThatCoversItsWeight(String name) throws Exception {
        try (OpenPipeline pipeline = Chain.WORK.open(Chain.TINY);
             QuantizedCheckpoint checkpoint = QuantizedCheckpoint.open(Path.of(QuantizedTiny.get().checkpoint()))) {
            Layer layer = pipeline.scan("unet").layers().stream().filter(l -> l.name().equals(name)).findFirst().orElseThrow();
            LayerState state = checkpoint.states().stream().filter(s -> s.layer().equals(name)).findFirst().orElseThrow();
            Range range = state.range(Slot.WEIGHT);
            float[] weight = checkpoint.model(pipeline).parameters().read(name + ".weight").toFloats();
            int channels = range.amax().length;
            assertEquals(layer instanceof Layer.Conv conv ? conv.out() : ((Layer.Linear) layer).out(), channels);
            for (int i = 0; i < weight.length; i++) {
                float amax = range.amax()[i / (weight.length / channels)];
                assertTrue(Math.abs(weight[i]) <= amax, name + ".weight " + i + ": " + weight[i] + " beyond " + amax);
            }
        }
    }

    private static float[] input(Shape shape, float amax) {
        Random random = new Random(3);
        float[] x = new float[Math.toIntExact(shape.count().size())];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) (random.nextGaussian() * amax / 3);
        }
        return x;
    }

    private static List<float[]> libtorch(OneLayer job, float[] x) throws IOException {
        return Chain.RUNTIME.run(new EagerRuntime.Task<List<float[]>>() {
            @Override
            public <T> List<float[]> run(EagerRuntime.Context<T> context) {
                EagerOps<T> ops = context.ops(job.weights(), DType.FLOAT32);
                Values<T> outputs = job.replay(ops, Values.of("x", ops.load(TensorView.ofFloats(x, job.input().sizes()))));
                return List.of(ops.toFloats(outputs.get("rounded")), ops.toFloats(outputs.get("y")));
            }
        });
    }

    private List<float[]> onnxRuntime(OneLayer job, float[] x) throws IOException {
        Path folder = Files.createDirectories(scratch.resolve("onnx"));
        Path model = Chain.PLUGINS.exporters().get("onnx").export(job, folder).model();
        try (Engine engine = Chain.PLUGINS.engines().get("onnxruntime").load(model, Map.of())) {
            return engine.run(Values.of("x", TensorView.ofFloats(x, job.input().sizes())),
                outputs -> List.of(outputs.get("rounded").toFloats(), outputs.get("y").toFloats()));
        }
    }
}
