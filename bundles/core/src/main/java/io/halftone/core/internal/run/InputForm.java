package io.halftone.core.internal.run;

import io.halftone.model.ModelSignature;
import io.halftone.model.ModelSignature.Port;
import io.halftone.ops.Dim;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import io.halftone.ops.Values;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The form in which an exported model takes its inputs, where that is not the pipeline's: with an axis before the others that all of a
 * batch share.
 *
 * @param signature of the exported model
 */
public record InputForm(ModelSignature signature) {
    /** The same numbers in that form, made in the current region. */
    <T> Values<T> of(EagerOps<T> ops, Values<T> inputs) {
        Map<String, T> formed = new LinkedHashMap<>();
        inputs.asMap().forEach((name, value) -> formed.put(name, signature.inputs().stream().filter(port -> port.name().equals(name))
            .filter(port -> port.shape().rank() == ops.shape(value).rank() + 1).findFirst()
            .map(port -> repeated(ops, value, extent(ops, port.shape().dim(0), inputs))).orElse(value)));
        return Values.of(formed);
    }

    private static <T> T repeated(EagerOps<T> ops, T value, long times) {
        List<Dim> dims = new ArrayList<>(ops.shape(value).dims());
        dims.add(0, Dim.of(1));
        T one = ops.reshape(value, Shape.of(dims.toArray(Dim[]::new)));
        return times == 1 ? one : ops.concat(0, Collections.nCopies(Math.toIntExact(times), one));
    }

    /** What a first dimension is, by another input that has it. */
    private <T> long extent(EagerOps<T> ops, Dim dim, Values<T> inputs) {
        for (Port port : signature.inputs()) {
            T value = inputs.asMap().get(port.name());
            if (value != null && ops.shape(value).rank() == port.shape().rank() && port.shape().rank() > 0 && port.shape().dim(0).equals(dim)) {
                return ops.shape(value).dim(0).size();
            }
        }
        return 1;
    }
}
