package io.halftone.export;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Says how an engine's own tool builds what an {@link EngineBuilder} of the same name would, for those who build elsewhere: it needs
 * neither the engine's library nor its device. Found by {@link io.halftone.model.Named}. Stateless.
 */
@ConsumerType
public interface BuildTool {
    /** The names of the options that it honours; others are refused. */
    Set<String> options();

    /**
     * The tool's command line, one line that a shell takes.
     *
     * @param version the first number of the tool's version; 0 for that of the library here, or the usual one where there is none
     * @throws IllegalArgumentException if the request cannot be met, or that version cannot
     * @throws EngineException          if the model is none
     */
    String command(EngineBuilder.Request request, Path engineFile, int version) throws IOException;
}
