package io.halftone.core.internal.search;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnx.proto.OnnxMl.ModelProto;
import io.halftone.core.internal.Chain;
import io.halftone.core.internal.QuantizedTiny;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.export.MultiplyAdds;
import io.halftone.model.ModelAdapter;
import io.halftone.model.ModelConfig;
import io.halftone.model.ModelSignature;
import io.halftone.ops.DType;
import io.halftone.ops.Dim;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;
import io.halftone.ops.Values;
import io.halftone.ops.shape.Meta;
import io.halftone.ops.shape.ShapeOps;
import io.halftone.pipeline.PipelineConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What an export says of its multiply-adds against what the pass over shapes counts, layer by layer. */
class MultiplyAddsTest {
    private static final Map<String, Long> EXTENTS = Map.of("batch_size", 2L, "height", 128L, "width", 128L, "steps", 1L, "sequence_length", 77L);

    private static Map<String, Long> counted(ModelConfig backbone) {
        ModelAdapter adapter = Chain.PLUGINS.models().get(backbone.className());
        Map<String, Meta> inputs = new LinkedHashMap<>();
        for (ModelSignature.Port port : adapter.signature(backbone).inputs()) {
            Shape shape = Shape.of(port.shape().dims().stream().map(dim -> Dim.of(dim.evaluate(EXTENTS::get))).toArray(Dim[]::new));
            inputs.put(port.name(), new Meta(shape, port.type(DType.FLOAT32)));
        }
        CountingOps<Meta> ops = new CountingOps<>(new ShapeOps(DType.FLOAT32));
        adapter.forward(new Scope<>(ops), backbone, Values.of(inputs));
        return new TreeMap<>(ops.counts());
    }

    @Test
    void anExportCountsWhatThePassDoes() throws Exception {
        Map<String, String> facts = new TreeMap<>();
        ModelProto.parseFrom(Files.readAllBytes(Path.of(QuantizedTiny.get().onnx(), "backbone.onnx"))).getMetadataPropsList()
            .forEach(entry -> facts.put(entry.getKey(), entry.getValue()));
        Map<String, Long> found = new TreeMap<>();
        MultiplyAdds.of(facts).byOperator().forEach((operator, count) ->
            found.merge(operator.substring(0, operator.lastIndexOf('/')), count.evaluate(EXTENTS::get), Long::sum));
        try (OpenPipeline tiny = Chain.WORK.open(Chain.TINY)) {
            assertEquals(counted(tiny.config().component(tiny.spec().backbone())), found);
        }
    }

    /** The sum over the shapes that TensorRT's own engine of this model shows for its convolutions, products and fused attentions. */
    @Test
    void theTrueSizeIsWhatAnEngineHas() {
        PipelineConfig config = Chain.WORK.opener().configuration("sdxl-1.0", Chain.PLUGINS.presets().get("sdxl-1.0").files());
        String backbone = Chain.PLUGINS.pipelines().get(config.index().className()).spec(config).backbone();
        assertEquals(6_761_236_398_080L, counted(config.component(backbone)).values().stream().mapToLong(Long::longValue).sum());
    }
}
