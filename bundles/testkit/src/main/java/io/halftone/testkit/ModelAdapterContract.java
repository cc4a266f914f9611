package io.halftone.testkit;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.model.ModelAdapter;
import io.halftone.model.ModelConfig;
import io.halftone.model.ModelSignature;
import io.halftone.model.ModelSignature.Extent;
import io.halftone.model.ModelSignature.Port;
import io.halftone.ops.DType;
import io.halftone.ops.Dim;
import io.halftone.ops.Layer;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;
import io.halftone.ops.shape.ShapeOps;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What holds for every model adapter, seen without a weight: a test extends it, and adds what is the adapter's own. */
public abstract class ModelAdapterContract {
    private static final Pattern PARAMETER_NAME = Pattern.compile("[A-Za-z0-9_]+(\\.[A-Za-z0-9_]+)+");

    /** The adapter under test. */
    protected abstract ModelAdapter adapter();

    /** A configuration that it honours; a small one, so that the test is quick. */
    protected abstract ModelConfig config();

    /** The parameters that are the model's own and stand under none of its modules; few architectures have any. */
    protected Set<String> rootParameters() {
        return Set.of();
    }

    @Test
    public void givesWhatItsSignaturePromises() {
        for (DType type : DType.values()) {
            if (type.isCompute()) {
                ShapePass pass = ShapePass.symbolic(adapter(), config(), type);
                assertEquals(pass.promised(type), pass.outputs().asMap(), "outputs in " + type);
            }
        }
    }

    @Test
    public void keepsItsPromiseAtEveryExtent() {
        ModelSignature signature = adapter().signature(config());
        assertAll(
            () -> keepsItsPromise(ShapePass.each(signature, Extent::least)),
            () -> keepsItsPromise(ShapePass.each(signature, Extent::usual)),
            () -> keepsItsPromise(ShapePass.each(signature, Extent::greatest)));
    }

    /** So that no adapter takes one extent for another, such as a width for a height. */
    @Test
    public void keepsItsPromiseWhereExtentsDiffer() {
        ModelSignature signature = adapter().signature(config());
        List<String> names = List.copyOf(signature.extents().keySet());
        assertAll(
            () -> keepsItsPromise(name -> apart(signature, name, names.indexOf(name))),
            () -> keepsItsPromise(name -> apart(signature, name, names.size() - 1 - names.indexOf(name))));
    }

    /** Near the least extent, further from it the higher the place; one time step, for all elements of the batch. */
    private static long apart(ModelSignature signature, String name, int place) {
        Extent extent = signature.extents().get(name);
        return name.equals("steps") ? 1 : Math.min(extent.greatest(), extent.least() + 1 + 2L * place);
    }

    private void keepsItsPromise(ToLongFunction<String> extents) {
        ShapePass pass = ShapePass.sized(adapter(), config(), DType.FLOAT16, extents);
        assertEquals(pass.promised(DType.FLOAT16, extents), pass.outputs().asMap());
    }

    @Test
    public void carriesItsNamedDimensionsToTheOutputs() {
        ModelSignature signature = adapter().signature(config());
        for (Port output : signature.outputs()) {
            Set<String> names = new HashSet<>();
            output.shape().dims().stream().map(Dim::names).forEach(names::addAll);
            assertFalse(names.isEmpty(), "output " + output.name() + " " + output.shape() + " has no named dimension");
            assertTrue(signature.extents().keySet().containsAll(names), "output " + output.name() + " " + output.shape());
        }
    }

    @Test
    public void makesEachPassTheSame() {
        ShapePass first = ShapePass.symbolic(adapter(), config(), DType.FLOAT16);
        assertEquals(first, withValues(first, ShapePass.symbolic(adapter(), config(), DType.FLOAT16)));
    }

    /** {@link io.halftone.ops.Values} are equal by identity; what they hold is compared here. */
    private static ShapePass withValues(ShapePass first, ShapePass second) {
        assertEquals(first.outputs().asMap(), second.outputs().asMap());
        return new ShapePass(second.signature(), first.outputs(), second.parameters(), second.layers());
    }

    @Test
    public void readsEachOfItsInputs() {
        ModelSignature signature = adapter().signature(config());
        for (Port input : signature.inputs()) {
            var rest = ShapePass.inputsBut(signature, DType.FLOAT16, input.name());
            var scope = new Scope<>(new ShapeOps(DType.FLOAT16));
            var refused = assertThrows(IllegalArgumentException.class, () -> adapter().forward(scope, config(), rest), input.name());
            assertEquals("value " + input.name() + ": found none; expected one of " + rest.names(), refused.getMessage());
        }
    }

    @Test
    public void runsEachLayerUnderANameOfItsOwn() {
        Set<String> names = new HashSet<>();
        for (Layer layer : ShapePass.symbolic(adapter(), config(), DType.FLOAT16).layers()) {
            assertTrue(names.add(layer.name()), layer.name() + " runs twice");
        }
        assertFalse(names.isEmpty(), "there is no layer");
    }

    @Test
    public void namesParametersAsAStateDictDoes() {
        ShapePass.symbolic(adapter(), config(), DType.FLOAT16).parameters().forEach((name, shape) -> {
            assertTrue(PARAMETER_NAME.matcher(name).matches() || rootParameters().contains(name), "parameter name: " + name);
            assertTrue(shape.isNumbers(), name + " " + shape);
        });
    }

    @Test
    public void readsTheParametersOfEachLayer() {
        ShapePass pass = ShapePass.symbolic(adapter(), config(), DType.FLOAT16);
        for (Layer layer : pass.layers()) {
            if (layer instanceof Layer.Linear linear) {
                assertEquals(linear.weightShape(), pass.parameters().get(layer.name() + ".weight"), layer.name());
                assertBias(pass, layer, linear.bias(), linear.out());
            } else if (layer instanceof Layer.Conv conv) {
                assertEquals(conv.weightShape(), pass.parameters().get(layer.name() + ".weight"), layer.name());
                assertBias(pass, layer, conv.bias(), conv.out());
            }
        }
    }

    private static void assertBias(ShapePass pass, Layer layer, boolean bias, long out) {
        assertEquals(bias ? Shape.of(out) : null, pass.parameters().get(layer.name() + ".bias"), layer.name());
    }
}
