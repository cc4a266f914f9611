package io.halftone.checkpoint;

import io.halftone.checkpoint.internal.Contents;
import io.halftone.checkpoint.internal.OnePass;
import io.halftone.quant.CalibrationException;
import io.halftone.quant.Site;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.osgi.annotation.versioning.ConsumerType;

/** Stores quantized backbones. */
public final class CheckpointWriter {
    /** Told how far it is. */
    @FunctionalInterface
    @ConsumerType
    public interface Progress {
        /**
         * After each tensor, a weight and its scales counting as one.
         *
         * @param done so far
         * @param of   to do; counting begins anew where a weight turns out not to fit into codes
         */
        void at(int done, int of);
    }

    /**
     * What was written.
     *
     * @param files files of tensors, then {@code config.json} and an index, where there are such
     * @param kept  names of weights that their format rounds and that are stored in the compute type nevertheless, since what is
     *              read back from codes would not be rounded to the same values
     * @param notes what was asked for and left out, and what of a replaced checkpoint could not be deleted; a line each
     */
    public record Written(List<Path> files, Set<String> kept, List<String> notes) {
        public Written {
            files = List.copyOf(files);
            kept = Collections.unmodifiableSet(new TreeSet<>(kept));
            notes = List.copyOf(notes);
        }

        /** What to give to {@link StoredCheckpoint#open}: the index of several files, or the one file. */
        public Path checkpoint() {
            Path last = files.get(files.size() - 1);
            return last.getFileName().toString().endsWith(".index.json") ? last : files.get(0);
        }
    }

    private static final int LISTED = 20;

    private CheckpointWriter() {}

    /**
     * Reads each tensor and writes it, one at a time; none is held. The same backbone gives the same bytes. Files appear under their
     * names when all are whole, an index last, and only then are the files deleted that a checkpoint of the same target had more;
     * on failure nothing is left, and unless a file could not be given its name, what was there is as it was. Where ComfyUI or a
     * {@code quantization_config} cannot describe the layers, {@link Written#notes()} says so.
     *
     * @param target the file to be, {@code *.safetensors}; shards and their index are named after it; replaced if there is one
     * @throws IllegalArgumentException if the component's configuration is no JSON object, or a parameter is called as a quantizer's is
     * @throws IOException if a file cannot be written
     */
    public static Written write(QuantizedBackbone backbone, Path target, StorageOptions options, Progress progress) throws IOException {
        return new OnePass(new Contents(backbone, options), target, options.maxShardBytes(), checkpoint -> { }, progress).write();
    }

    /**
     * The same, with the proof before any file gets its name: what was written is opened and {@link Coverage} is checked.
     *
     * @param expected what has to be quantized in it
     * @throws CalibrationException if the checkpoint does not show a site quantized; nothing is left then, and what was there is as
     *     it was
     */
    public static Written write(QuantizedBackbone backbone, Path target, StorageOptions options, Collection<Site> expected,
                                Progress progress) throws IOException {
        OnePass.Proof proof = checkpoint -> prove(target, checkpoint, expected);
        return new OnePass(new Contents(backbone, options), target, options.maxShardBytes(), proof, progress).write();
    }

    private static void prove(Path target, Path staged, Collection<Site> expected) {
        try (StoredCheckpoint checkpoint = StoredCheckpoint.open(staged)) {
            List<String> missing = Coverage.check(expected, checkpoint);
            if (!missing.isEmpty()) {
                throw new CalibrationException(target + ": found " + missing.size() + " sites that are not quantized; expected all of "
                    + expected.size() + " quantized: " + String.join("; and ", missing.subList(0, Math.min(LISTED, missing.size())))
                    + (missing.size() > LISTED ? "; and " + (missing.size() - LISTED) + " more" : ""));
            }
        }
    }
}
