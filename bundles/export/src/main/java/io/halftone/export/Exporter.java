package io.halftone.export;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;

/** Writes models for other runtimes: onnx ... Found by {@link io.halftone.model.Named}. Stateless. */
@ConsumerType
public interface Exporter {
    /** The names of the options that it honours; others are refused. */
    Set<String> options();

    /**
     * Refuses values that cannot be honoured, before work begins. The names are those of {@link #options}.
     *
     * @throws IllegalArgumentException naming the option, what was found and what was expected
     */
    default void check(Map<String, String> values) {
    }

    /**
     * Writes the model, streaming one tensor at a time. The directory exists. What was there under the same names is
     * replaced only when the new files are whole; on failure nothing new is left behind.
     *
     * @throws ExportException if the model cannot be expressed, or the written file is not as it should be
     */
    ExportReport export(ExportJob job, Path directory) throws IOException;
}
