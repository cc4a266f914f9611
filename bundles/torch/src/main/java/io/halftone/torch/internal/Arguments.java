package io.halftone.torch.internal;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.LongArrayRefOptional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/**
 * Arguments of native calls that come again with every pass. Each is a native object: made once for a task and released with it, as making one anew costs
 * about as much as the call that it is for. For one thread.
 */
final class Arguments {
    /** Numbers that are kept of a kind; models have some ten. */
    private static final int KEPT = 256;

    private final Lifetime task;
    private final TensorOptional none;
    private final TensorOptional weight;
    private final TensorOptional bias;
    private final LongArrayRefOptional allAxes;
    private final ScalarTypeOptional sameType;
    private final MemoryFormatOptional contiguous;
    private final BytePointer tanh;
    private final Map<Double, Scalar> scalars = new HashMap<>();
    private final Map<Double, ScalarOptional> limits = new HashMap<>();
    private final Map<Double, DoubleOptional> numbers = new HashMap<>();

    /**
     * For a task.
     *
     * @param task the lifetime of all of it
     */
    Arguments(Lifetime task) {
        this.task = task;
        this.none = kept(new TensorOptional());
        this.weight = kept(new TensorOptional());
        this.bias = kept(new TensorOptional());
        this.allAxes = kept(new LongArrayRefOptional());
        this.sameType = kept(new ScalarTypeOptional());
        this.contiguous = kept(new MemoryFormatOptional(MemoryFormat.Contiguous));
        this.tanh = kept(new BytePointer("tanh"));
    }

    private <P extends Pointer> P kept(P made) {
        Lifetime.innermost().move(made, task);
        return made;
    }

    TensorOptional none() {
        return none;
    }

    /** The tensor as an argument, until the next weight. */
    TensorOptional weight(Tensor tensor) {
        weight.put(tensor);
        return weight;
    }

    /** The tensor as an argument, until the next bias. */
    TensorOptional bias(Tensor tensor) {
        bias.put(tensor);
        return bias;
    }

    /** Lets the last weight and bias go: an argument holds its tensor's memory as any other handle does. */
    void release() {
        weight.reset();
        bias.reset();
    }

    LongArrayRefOptional allAxes() {
        return allAxes;
    }

    ScalarTypeOptional sameType() {
        return sameType;
    }

    /** Elements in the order of the axes. */
    MemoryFormatOptional contiguous() {
        return contiguous;
    }

    /** The name of GELU's approximation. */
    BytePointer tanh() {
        return tanh;
    }

    Scalar scalar(double value) {
        return known(scalars, value, Scalar::new);
    }

    ScalarOptional limit(double value) {
        return known(limits, value, v -> new ScalarOptional(scalar(v)));
    }

    DoubleOptional number(double value) {
        return known(numbers, value, DoubleOptional::new);
    }

    private <P extends Pointer> P known(Map<Double, P> of, Double value, Function<Double, P> make) {
        P known = of.get(value);
        if (known != null) {
            return known;
        }
        P made = make.apply(value);
        if (of.size() < KEPT) {
            of.put(value, kept(made));
        }
        return made;
    }
}
