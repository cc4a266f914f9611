package io.halftone.ops;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Operations on values that exist now: what a collector or a scheduler needs beyond {@link Ops}. libtorch has them, ONNX
 * has not. For use by one thread.
 *
 * @param <T> a tensor
 */
@ProviderType
public interface EagerOps<T> extends Ops<T> {
    T abs(T x);

    /** The largest element over some axes, which keep extent 1; over all of them, giving a scalar, where none is named. */
    T amax(T x, int... axes);

    /** The largest magnitude of all elements, a scalar of x's type; NaN where one is. One pass where the library has it. */
    default T magnitude(T x) {
        return amax(abs(x));
    }

    /** The largest magnitude for each index of an axis, of extent 1 on the others or of rank 1; NaN where one is. */
    default T magnitudes(T x, int axis) {
        int kept = shape(x).axis(axis);
        int[] others = IntStream.range(0, shape(x).rank()).filter(a -> a != kept).toArray();
        return others.length == 0 ? abs(x) : amax(abs(x), others);
    }

    T maximum(T a, T b);

    /** The largest of each place of values of one shape and type, at least one; NaN where one is. */
    default T maximum(List<T> values) {
        T largest = values.get(0);
        for (T value : values.subList(1, values.size())) {
            largest = maximum(largest, value);
        }
        return largest;
    }

    T minimum(T a, T b);

    /** Rounds half to even. */
    T round(T x);

    /** The sum of all elements, a scalar of x's type. */
    T sum(T x);

    /** How many elements have their magnitude, taken in float32, in each bin: int64, (bins). */
    T countMagnitudes(T x, MagnitudeBins bins);

    /** Copies whole numbers to the host; waits for the device. */
    long[] toLongs(T x);

    /** Copies to the host as float32; waits for the device. */
    float[] toFloats(T x);

    /** A tensor with a copy of the view's elements, of the view's type, on this interpreter's device. */
    T load(TensorView view);

    /** The tensor's memory as it is, on whatever device; valid while x is. Made contiguous where it is not. */
    TensorView view(T x);

    /** A copy of the tensor in host memory, of its own type; waits for the device. It outlives x. */
    TensorView copy(T x);

    /** A place for a value that outlives its region; set releases the value before. */
    Cell<T> cell();

    /**
     * A pass that is run many times over inputs of one form. A device that can record what it is given to do records the second run, and from
     * then on does all of it again by one call, without the body being called: the body's own time, and that of giving work to the device, is
     * saved. The results are those of the body, to the bit.
     *
     * @param body a function of its inputs, of parameters and of constants alone. It neither waits for the device nor keeps a value that it makes
     */
    default Replay<T> replay(UnaryOperator<List<T>> body) {
        return inputs -> region("", () -> body.apply(inputs));
    }

    /** Whether {@link #replay} may record. Where it does not, what a pass does only to be recorded is better left. */
    default boolean isRecording() {
        return false;
    }

    /**
     * Gives the memory of all recordings of the task to other work, for good: their passes run as they are from now on. For when memory does not suffice.
     *
     * @return whether there were any
     */
    default boolean releaseRecordings() {
        return false;
    }

    /** Waits until the device has done all work that it was given so far; on the host work is done when its call returns. For timing. */
    void await();

    /** Releases the parameters that this interpreter holds; they are read again when asked for. Tensors of parameters handed out before are invalid. */
    void releaseParameters();

    /**
     * A pass that may have been recorded. What a recording holds on the device is released at the task's end, or before.
     *
     * @param <T> a tensor
     */
    @ProviderType
    interface Replay<T> extends AutoCloseable {
        /**
         * The results for these inputs, made in the current region.
         *
         * @param inputs of the shapes and types of the first run's
         */
        List<T> run(List<T> inputs);

        @Override
        default void close() {
        }
    }

    /**
     * A place for one value.
     *
     * @param <T> a tensor
     */
    @ProviderType
    interface Cell<T> extends AutoCloseable {
        boolean isEmpty();

        /** The value; throws {@link IllegalStateException} if there is none. */
        T get();

        void set(T value);

        /** Releases the value. */
        @Override
        void close();
    }
}
