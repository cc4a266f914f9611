package io.halftone.torch.internal;

import io.halftone.ops.EagerOps;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/** A place for one tensor, which it keeps alive beside the lifetime that the tensor was made in. */
final class TensorCell implements EagerOps.Cell<Tensor> {
    private final Set<TensorCell> filled;
    private Tensor value;

    /**
     * @param filled has this cell while it holds a tensor
     */
    TensorCell(Set<TensorCell> filled) {
        this.filled = filled;
    }

    @Override
    public boolean isEmpty() {
        return value == null;
    }

    @Override
    public Tensor get() {
        if (value == null) {
            throw new IllegalStateException("cell: found no value; expected one to be set before");
        }
        return value;
    }

    @Override
    public void set(Tensor next) {
        next.retainReference();   // first, as it may be the value before
        close();
        value = next;
        filled.add(this);
    }

    @Override
    public void close() {
        if (value != null) {
            value.releaseReference();
            value = null;
            filled.remove(this);
        }
    }
}
