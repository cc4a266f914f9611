package io.halftone.pipeline;

import io.halftone.ops.Parameters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** A diffusers pipeline folder that is open. Safe for use by several threads until it is closed. */
@ProviderType
public interface PipelineFolder extends AutoCloseable {
    /** Opens folders. */
    @ProviderType
    interface Opener {
        /**
         * Opens a folder as the hub lays it out; reads configuration files only.
         *
         * @throws io.halftone.ops.CheckpointException if it is not a pipeline folder, or a file in it is not what it should be
         */
        PipelineFolder open(Path folder) throws IOException;

        /** Reads one configuration file. */
        io.halftone.model.ModelConfig config(Path file) throws IOException;

        /**
         * The configuration that a folder of these files would have.
         *
         * @param source what messages call it
         * @param files  JSON by path within the folder, as {@link Preset#files} has it
         * @throws io.halftone.ops.CheckpointException if they are not those of a pipeline
         */
        PipelineConfig configuration(String source, java.util.Map<String, String> files);
    }

    /** The folder. */
    Path path();

    /** The configuration of the pipeline and its components. */
    PipelineConfig config();

    /** The weights of a component, opened on first use; sharded and variant files are found. */
    Parameters parameters(String component);

    /**
     * The files that a component is read from: its configuration and, of a model, the weights that are used; everything in the folder of
     * another. The empty name gives the pipeline's own.
     */
    List<Path> files(String component);

    /** The {@link Fingerprint} of the component's weights: tells one checkpoint from another. */
    String fingerprint(String component);

    @Override
    void close();
}
