package io.halftone.checkpoint.internal;

import io.halftone.checkpoint.internal.Origin.Branch;
import io.halftone.checkpoint.internal.Origin.Codes;
import io.halftone.checkpoint.internal.Origin.Constant;
import io.halftone.checkpoint.internal.Origin.Derived;
import io.halftone.checkpoint.internal.Origin.Narrow;
import io.halftone.checkpoint.internal.Origin.Parameter;
import io.halftone.checkpoint.internal.Origin.RoundedTensor;
import io.halftone.checkpoint.internal.Origin.Tensor;
import io.halftone.ops.Blocks;
import io.halftone.ops.DType;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.ops.Shape;
import io.halftone.ops.shape.Meta;
import io.halftone.ops.shape.ShapeOps;
import io.halftone.quant.Slot;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Operations over shapes that remember where values come from, as far as it takes to see which tensors of a layer are rounded
 * and how. What is not known here makes a value of unknown origin, so that nothing is taken for rounded that is not; hence a
 * proxy, which sees every operation, and not one method for each.
 */
final class Trace {
    private static final Set<String> DERIVING = Set.of("reshape", "permute", "slice", "concat", "pad", "expand", "cast", "add", "sub",
        "mul", "div", "clamp");

    private final ShapeOps shapes;
    private final Map<Meta, Origin> origins = new IdentityHashMap<>();
    private final Map<Slot, Encoding> encodings = new EnumMap<>(Slot.class);
    private final Set<Slot> rounded = EnumSet.noneOf(Slot.class);
    private float[] inputFactors = {};
    private Meta product;
    private Meta sum;
    private Branch branch;
    private boolean weightEscapes;

    Trace(DType computeType) {
        this.shapes = new ShapeOps(computeType);
    }

    /** The operations to run a rewrite over. */
    @SuppressWarnings("unchecked")
    Ops<Meta> ops() {
        return (Ops<Meta>) Proxy.newProxyInstance(Ops.class.getClassLoader(), new Class<?>[] {Ops.class}, (proxy, method, args) ->
            run(method, args == null ? new Object[0] : args));
    }

    /** A tensor of the layer. */
    Meta tensor(Slot slot, Shape shape) {
        return mark(new Meta(shape, shapes.computeType()), new Tensor(slot, new float[0]));
    }

    /** How slots are rounded whose scales are constants. */
    Map<Slot, Encoding> encodings() {
        return encodings;
    }

    /** Every slot that is rounded, be it in parts or in another shape. */
    Set<Slot> rounded() {
        return rounded;
    }

    /** What the input is multiplied with before it is rounded; empty for nothing. */
    float[] inputFactors() {
        return inputFactors.clone();
    }

    /** Whether the weight is used in another way than to be rounded. */
    boolean weightEscapes() {
        return weightEscapes;
    }

    /** Whether the result is the layer's product of its input and weight, rounded or not, and nothing more. */
    boolean isPlain(Meta result) {
        return product != null && product == result;
    }

    /** The matrices whose product with the input, scaled as the rounded one is, is added to make the result; empty if none is. */
    Optional<LowRank> lowRank(Meta result) {
        return sum != null && sum == result && Arrays.equals(branch.of().factors(), inputFactors) ? Optional.of(branch.matrices())
            : Optional.empty();
    }

    private Object run(Method method, Object[] args) throws Throwable {
        switch (method.getName()) {
            case "intrinsic":
                return ((Supplier<?>) args[3]).get();   // what it stands for; run over these same operations
            case "shape", "dtype", "computeType", "adopt", "region":
                return call(method, args);
            default:
        }
        Object result = call(method, args);
        if (!(result instanceof Meta meta)) {
            return result;
        }
        Meta fresh = new Meta(meta.shape(), meta.dtype());   // element-wise operations over shapes give back their operand
        Origin origin = origin(method.getName(), args, fresh);
        return origin == null ? fresh : mark(fresh, origin);
    }

    private Origin origin(String name, Object[] args, Meta result) {
        Origin first = args.length == 0 ? null : of(args[0]);
        switch (name) {
            case "constant":
                return constant(args);
            case "parameter":
                return new Parameter((String) args[0], result.shape());
            case "add":
                add(args, result);
                break;
            case "cast":
                return cast(first, (Meta) args[0], result);
            case "mul":
                return product(args);
            case "permute":
                if (first instanceof Tensor tensor && tensor.slot() == Slot.KEY) {
                    return tensor;   // keys are transposed before they are rounded
                }
                break;
            case "quantize":
                rounded.addAll(slots(first));
                if (first instanceof Tensor tensor) {
                    return new Codes(tensor, (DType) args[1], args[2], ((Meta) args[0]).shape().axis((int) args[3]));
                }
                break;
            case "dequantize":
                return dequantized(first, args);
            case "roundBlocks":
                return blocks(first, args);
            case "softmax":
                unknown(args);
                return new Tensor(Slot.SOFTMAX, new float[0]);
            case "linear", "conv":
                return layer(args, result);
            default:
        }
        return derived(name, args);
    }

    /** What an operation makes that is no rounding: a weight that goes into it escapes. */
    private Origin derived(String name, Object... args) {
        unknown(args);
        Set<Slot> of = EnumSet.noneOf(Slot.class);
        for (Object arg : args) {
            values(arg).forEach(value -> of.addAll(slots(of(value))));
        }
        return DERIVING.contains(name) && !of.isEmpty() ? new Derived(of) : null;
    }

    private static Set<Slot> slots(Origin origin) {
        return origin instanceof Tensor tensor ? Set.of(tensor.slot()) : origin instanceof Derived derived ? derived.of() : Set.of();
    }

    private static Collection<?> values(Object arg) {
        return arg instanceof Collection<?> list ? list : List.of(arg);
    }

    private static Origin constant(Object[] args) {
        if (args[0] instanceof Double value) {
            return new Constant(new float[] {value.floatValue()}, DType.FLOAT32, true).in((DType) args[1]);
        }
        return new Constant((float[]) args[0], DType.FLOAT32, ((Shape) args[1]).rank() == 0).in((DType) args[2]);
    }

    private Origin cast(Origin from, Meta x, Meta result) {
        if (from instanceof Constant constant && result.dtype().isCompute()) {
            return constant.in(result.dtype());
        }
        if (from instanceof RoundedTensor || result.dtype() == x.dtype() || result.dtype() == DType.FLOAT32) {
            return from;
        }
        return derived("cast", x);
    }

    /** x * constant: what is rounded next is x scaled. */
    private Origin product(Object[] args) {
        Origin a = of(args[0]), b = of(args[1]);
        Tensor tensor = a instanceof Tensor t ? t : b instanceof Tensor t ? t : null;
        Constant constant = a instanceof Constant c ? c : b instanceof Constant c ? c : null;
        if (tensor != null && constant != null && tensor.slot() != Slot.WEIGHT && tensor.factors().length == 0) {
            return new Tensor(tensor.slot(), constant.values());
        }
        return derived("mul", args);
    }

    private Origin dequantized(Origin first, Object[] args) {
        // the codes have to be read with the scale that they were made with
        if (first instanceof Codes codes && codes.scale() == args[1] && of(args[1]) instanceof Constant scale) {
            rounded(codes.of(), new Encoding.Scaled(codes.type(), scale.type(), scale.values(), scale.scalar() ? 0 : codes.axis()));
            return new RoundedTensor(codes.of());
        }
        if (first instanceof Codes codes) {
            escape(codes.of());
        }
        return unknown(args);
    }

    private Origin blocks(Origin first, Object[] args) {
        rounded.addAll(slots(first));
        if (first instanceof Tensor tensor && of(args[2]) instanceof Constant scale) {
            rounded(tensor, new Encoding.Blocked((Blocks) args[1], ((Meta) args[0]).dtype(), scale.values()[0]));
            return new RoundedTensor(tensor);
        }
        return unknown(args);
    }

    private void rounded(Tensor tensor, Encoding encoding) {
        Encoding before = encodings.put(tensor.slot(), encoding);
        if (before != null) {
            escape(tensor);
        }
        if (tensor.slot() == Slot.INPUT) {
            inputFactors = tensor.factors();
        }
    }

    private void add(Object[] args, Meta result) {
        Object other = args[0] == product ? args[1] : args[1] == product ? args[0] : null;
        if (of(other) instanceof Branch found) {
            sum = result;
            branch = found;
        }
    }

    private Origin layer(Object[] args, Meta result) {
        if (args.length == 2 && of(args[1]) instanceof Parameter matrix) {
            if (of(args[0]) instanceof Tensor tensor && tensor.slot() == Slot.INPUT) {
                return new Narrow(tensor, matrix);
            }
            if (of(args[0]) instanceof Narrow narrow) {
                return new Branch(narrow.of(), new LowRank(narrow.a().name(), matrix.name(), matrix.shape().sizes()[1]));
            }
        }
        boolean ofLayer = args[0] instanceof Layer && args.length == 3;
        Origin x = ofLayer ? of(args[1]) : null, w = ofLayer ? of(args[2]) : null;
        boolean input = x instanceof Tensor t && t.slot() == Slot.INPUT && t.factors().length == 0
            || x instanceof RoundedTensor r && r.of().slot() == Slot.INPUT;
        boolean weight = w instanceof Tensor t && t.slot() == Slot.WEIGHT || w instanceof RoundedTensor r && r.of().slot() == Slot.WEIGHT;
        Origin unknown = unknown(args);
        if (input && weight) {
            product = result;
            return new Tensor(Slot.OUTPUT, new float[0]);
        }
        return unknown;
    }

    private Origin unknown(Object... args) {
        for (Object arg : args) {
            values(arg).forEach(value -> {
                if (of(value) instanceof Tensor tensor) {
                    escape(tensor);
                }
            });
        }
        return null;
    }

    private void escape(Tensor tensor) {
        weightEscapes |= tensor.slot() == Slot.WEIGHT;
    }

    private Origin of(Object value) {
        return value instanceof Meta meta ? origins.get(meta) : null;
    }

    private Meta mark(Meta meta, Origin origin) {
        origins.put(meta, origin);
        return meta;
    }

    private Object call(Method method, Object[] args) throws Throwable {
        try {
            return method.invoke(shapes, args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
