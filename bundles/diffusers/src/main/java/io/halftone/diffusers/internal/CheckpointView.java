package io.halftone.diffusers.internal;

import io.halftone.model.ModelConfig;
import io.halftone.ops.CheckpointException;
import io.halftone.ops.Parameters;
import io.halftone.ops.TensorView;
import io.halftone.safetensors.Safetensors;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A checkpoint under the names and in the shapes that models have today, whatever release wrote it. Every tensor has one name.
 *
 * @param stored the file
 * @param today  tensors by today's name
 */
record CheckpointView(Safetensors stored, SortedMap<String, Tensor> today) implements Parameters {
    /**
     * A tensor of the file.
     *
     * @param name its name there
     * @param info its type, and its shape today
     */
    record Tensor(String name, Info info) {}

    /** The view of a component's weights; the weights themselves where all of them are as they are today. */
    static Parameters of(ModelConfig config, Safetensors stored) {
        FormerNames former = FormerNames.of(config);
        SortedMap<String, Tensor> today = new TreeMap<>();
        boolean changed = false;
        for (String name : stored.names()) {
            if (former.isBuffer(name)) {
                changed = true;
                continue;
            }
            String now = former.today(name);
            // a file that has a tensor under both names keeps both
            String taken = stored.names().contains(now) ? name : now;
            Info before = stored.info(name);
            Info info = new Info(before.dtype(), former.shape(taken, before.shape()));
            changed |= !taken.equals(name) || !info.equals(before);
            today.put(taken, new Tensor(name, info));
        }
        return changed ? new CheckpointView(stored, Collections.unmodifiableSortedMap(today)) : stored;
    }

    @Override
    public Set<String> names() {
        return today.keySet();
    }

    @Override
    public Info info(String name) {
        return tensor(name).info();
    }

    @Override
    public TensorView read(String name) {
        Tensor tensor = tensor(name);
        TensorView read = stored.read(tensor.name());
        return TensorView.host(tensor.info().dtype(), tensor.info().shape(), read.bytes());
    }

    @Override
    public Window window(String name) {
        return stored.window(tensor(name).name());
    }

    private Tensor tensor(String name) {
        Tensor tensor = today.get(name);
        if (tensor == null) {
            stored.info(name);   // refuses a name that is not there, with the file's path
            throw new CheckpointException(name + ": found a former name or a buffer; expected a parameter's name today");
        }
        return tensor;
    }
}
