package io.halftone.torch.internal;

import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * The magnitude found last, as long as something keeps it: queries, keys and values are projections of one tensor, which a calibration looks at three
 * times in a row. Nothing changes a tensor in place, so that a tensor has one magnitude. For one thread.
 */
final class LastMagnitude {
    private Tensor of;
    private Tensor magnitude;

    /** The magnitude of x, held by the innermost lifetime. */
    Tensor get(Tensor x, UnaryOperator<Tensor> find) {
        if (of == x && !magnitude.isNull()) {
            Lifetime.innermost().attach(magnitude);
            return magnitude;
        }
        magnitude = find.apply(x);
        of = x;
        return magnitude;
    }
}
