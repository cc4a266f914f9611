package io.halftone.export;

import java.io.IOException;
import java.nio.file.Path;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Says what a model file of any producer holds. Found by {@link io.halftone.model.Named}: the extension of its files, such as
 * {@code onnx}. Stateless.
 */
@ConsumerType
public interface ModelInspector {
    /**
     * Reads the file. Weights are counted and not read: neither those in it, nor those in files beside it, which are not opened.
     *
     * @return what it holds; what is wrong with it is among the problems
     * @throws IllegalArgumentException if it is no such model, or cut off
     */
    ModelReport inspect(Path file) throws IOException;
}
