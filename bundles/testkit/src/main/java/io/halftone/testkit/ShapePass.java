package io.halftone.testkit;

import io.halftone.model.ModelAdapter;
import io.halftone.model.ModelConfig;
import io.halftone.model.ModelSignature;
import io.halftone.model.ModelSignature.Extent;
import io.halftone.model.ModelSignature.Port;
import io.halftone.ops.DType;
import io.halftone.ops.Dim;
import io.halftone.ops.ForwardingOps;
import io.halftone.ops.Layer;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;
import io.halftone.ops.Values;
import io.halftone.ops.shape.Meta;
import io.halftone.ops.shape.ShapeOps;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;

/**
 * One pass of an adapter over shapes alone, and what it asked for.
 *
 * @param signature  of the adapter for the configuration
 * @param outputs    by name
 * @param parameters asked for, in order
 * @param layers     run, in order, one entry for each time
 */
public record ShapePass(ModelSignature signature, Values<Meta> outputs, Map<String, Shape> parameters, List<Layer> layers) {
    /** Runs the adapter on inputs with the named dimensions of its signature. */
    public static ShapePass symbolic(ModelAdapter adapter, ModelConfig config, DType computeType) {
        ModelSignature signature = adapter.signature(config);
        return run(adapter, config, computeType, signature, inputs(signature, computeType, dim -> dim));
    }

    /** Runs the adapter on inputs whose named dimensions have the given extents. */
    public static ShapePass sized(ModelAdapter adapter, ModelConfig config, DType computeType, ToLongFunction<String> extents) {
        ModelSignature signature = adapter.signature(config);
        return run(adapter, config, computeType, signature, inputs(signature, computeType, dim -> Dim.of(dim.evaluate(extents))));
    }

    /** Inputs of the signature without the one of that name. */
    static Values<Meta> inputsBut(ModelSignature signature, DType computeType, String missing) {
        Map<String, Meta> rest = new LinkedHashMap<>(inputs(signature, computeType, dim -> dim).asMap());
        rest.remove(missing);
        return Values.of(rest);
    }

    /** The outputs that the signature promises for extents. */
    Map<String, Meta> promised(DType computeType, ToLongFunction<String> extents) {
        return metas(signature.outputs(), computeType, dim -> Dim.of(dim.evaluate(extents)));
    }

    /** The outputs that the signature promises, with named dimensions. */
    Map<String, Meta> promised(DType computeType) {
        return metas(signature.outputs(), computeType, dim -> dim);
    }

    /** The named dimension's extent by one of {@link Extent}'s accessors. */
    static ToLongFunction<String> each(ModelSignature signature, ToLongFunction<Extent> which) {
        return name -> which.applyAsLong(signature.extents().get(name));
    }

    private static ShapePass run(ModelAdapter adapter, ModelConfig config, DType computeType, ModelSignature signature, Values<Meta> inputs) {
        var shapes = new ShapeOps(computeType);
        var layers = new ArrayList<Layer>();
        Values<Meta> outputs = adapter.forward(new Scope<>(new Recorder(shapes, layers)), config, inputs);
        return new ShapePass(signature, outputs, shapes.parameters(), List.copyOf(layers));
    }

    private static Values<Meta> inputs(ModelSignature signature, DType computeType, UnaryOperator<Dim> extent) {
        return Values.of(metas(signature.inputs(), computeType, extent));
    }

    private static Map<String, Meta> metas(List<Port> ports, DType computeType, UnaryOperator<Dim> extent) {
        Map<String, Meta> metas = new LinkedHashMap<>();
        for (Port port : ports) {
            var shape = new Shape(port.shape().dims().stream().map(extent).toList());
            metas.put(port.name(), new Meta(shape, port.type(computeType)));
        }
        return metas;
    }

    /** Notes each layer as often as it runs. */
    private static final class Recorder extends ForwardingOps<Meta> {
        private final List<Layer> layers;

        Recorder(ShapeOps target, List<Layer> layers) {
            super(target);
            this.layers = layers;
        }

        @Override
        public Meta linear(Layer.Linear layer, Meta x) {
            layers.add(layer);
            return super.linear(layer, x);
        }

        @Override
        public Meta conv(Layer.Conv layer, Meta x) {
            layers.add(layer);
            return super.conv(layer, x);
        }

        @Override
        public Meta attention(Layer.Attention layer, Meta q, Meta k, Meta v) {
            layers.add(layer);
            return super.attention(layer, q, k, v);
        }
    }
}
