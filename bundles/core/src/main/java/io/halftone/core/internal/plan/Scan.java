package io.halftone.core.internal.plan;

import io.halftone.model.ModelAdapter;
import io.halftone.model.ModelConfig;
import io.halftone.model.ModelSignature;
import io.halftone.ops.CheckpointException;
import io.halftone.ops.DType;
import io.halftone.ops.Layer;
import io.halftone.ops.Parameters;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;
import io.halftone.ops.Values;
import io.halftone.ops.shape.Meta;
import io.halftone.ops.shape.ShapeOps;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a model is made of, read off one pass over shapes.
 *
 * @param signature  what goes in and out
 * @param layers     the layers in the order in which they run
 * @param parameters the tensors that the model asks for
 */
public record Scan(ModelSignature signature, List<Layer> layers, Map<String, Shape> parameters) {
    private static final int LISTED = 20;

    /**
     * Runs the model's pass with named dimensions.
     *
     * @throws IllegalArgumentException if the configuration is none of a model
     */
    public static Scan of(ModelAdapter adapter, ModelConfig config) {
        try {
            return scan(adapter, config);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(config.source() + ": found sizes that no model has (" + e.getMessage() + "); expected those of one", e);
        }
    }

    private static Scan scan(ModelAdapter adapter, ModelConfig config) {
        ModelSignature signature = adapter.signature(config);
        ShapeOps ops = new ShapeOps(DType.FLOAT32);
        Map<String, Meta> inputs = new LinkedHashMap<>();
        for (ModelSignature.Port port : signature.inputs()) {
            inputs.put(port.name(), new Meta(port.shape(), port.type(DType.FLOAT32)));
        }
        adapter.forward(new Scope<>(ops), config, Values.of(inputs));
        return new Scan(signature, ops.layers(), ops.parameters());
    }

    /**
     * Checks that a checkpoint has what the model asks for.
     *
     * @param source        what the message calls it
     * @param allowSurplus  whether tensors that the model does not ask for may be there: a decoder in an autoencoder's file
     * @param added         tensors beyond the model's that must be there: those of an algorithm
     * @throws CheckpointException listing everything that is missing, unexpected or of another shape
     */
    public void check(String source, Parameters checkpoint, boolean allowSurplus, Set<String> added) {
        List<String> wrong = new ArrayList<>();
        Set<String> names = checkpoint.names();
        parameters.forEach((name, shape) -> {
            if (!names.contains(name)) {
                wrong.add(name + ": found none; expected " + shape);
                return;
            }
            Parameters.Info info = checkpoint.info(name);
            if (!Shape.of(info.shape()).equals(shape)) {
                wrong.add(name + ": found " + info + "; expected " + shape);
            } else if (!info.dtype().isCompute() && info.dtype() != DType.FLOAT64) {
                wrong.add(name + ": found " + info + "; expected a floating type");
            }
        });
        for (String name : added) {
            if (!names.contains(name)) {
                wrong.add(name + ": found none; expected what the algorithm added");
            }
        }
        if (!allowSurplus) {
            for (String name : names) {
                if (!parameters.containsKey(name) && !added.contains(name)) {
                    wrong.add(name + ": found " + checkpoint.info(name) + "; expected none");
                }
            }
        }
        if (!wrong.isEmpty()) {
            String more = wrong.size() > LISTED ? "; and " + (wrong.size() - LISTED) + " more" : "";
            throw new CheckpointException(source + ": " + wrong.size() + " parameters are not the model's: "
                + String.join("; ", wrong.subList(0, Math.min(LISTED, wrong.size()))) + more);
        }
    }
}
