package io.halftone.core.internal.task;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halftone.api.BackboneChoice;
import io.halftone.api.Distribution;
import io.halftone.api.EvaluateRequest;
import io.halftone.api.Sampling;
import io.halftone.core.internal.distribute.Crew;
import io.halftone.core.internal.distribute.Description;
import io.halftone.core.internal.evaluate.Shot;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.quantize.QuantizedCheckpoint;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.distribute.OpenWork;
import io.halftone.distribute.RefusalException;
import io.halftone.ops.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The pictures of one variant, as another process can make them. A quantized checkpoint is not sent: it is found by its path, and told from
 * others by a digest of what it says of itself and a sample of its weights.
 *
 * @param checkpoint absolute path; empty for full precision
 * @param sample     of the checkpoint; empty where there is none
 * @param engine     name of the engine that runs it; empty for libtorch
 * @param identity   what decides the bits that the engine computes, in text; empty for libtorch
 * @param sampling   of every picture
 * @param seeds      each makes a picture of every prompt
 * @param batchSize  pictures that are made together
 * @param threads    that an operation computes with
 * @param atATime    of them, which may be fewer: bits depend on it on a processor
 */
record PictureWork(String checkpoint, String sample, String engine, String identity, Sampling sampling, List<Long> seeds, int batchSize,
                   int threads, int atATime) {
    static final String KIND = "evaluate";

    PictureWork {
        seeds = List.copyOf(seeds);
    }

    /** Puts it into a description. */
    void write(ObjectNode root) {
        root.set("pictures", Description.json(this));
    }

    /** A sample that tells a checkpoint from others. */
    static String sample(String checkpoint, OpenPipeline pipeline) throws IOException {
        try (QuantizedCheckpoint restored = Backbones.restore(Path.of(checkpoint), pipeline)) {
            return restored.recipe().digest() + " " + CheckpointSample.of(restored);
        }
    }

    /** What decides the bits that an engine computes: of itself, and of the processors where it chooses its threads by their number. */
    static String identity(String engine, Workplace work) {
        return engine.isEmpty() ? "" : work.plugins().engines().get(engine).identity(Map.of()) + "; " + Runtime.getRuntime().availableProcessors()
            + " processors";
    }

    /** Of that many threads, how many run at a time: libtorch's libraries take no more than there are processors. */
    static int atATime(int threads, Device device) {
        return device.isHost() ? Math.min(threads, Runtime.getRuntime().availableProcessors()) : threads;
    }

    /**
     * Refuses an engine that is another in each process.
     *
     * @throws IllegalArgumentException if two builds of it differ, and units may go to other processes
     */
    static void checkEngine(EvaluateRequest.Variant variant, String distributor, Workplace work) {
        if (!variant.engine().isEmpty() && !work.plugins().engines().get(variant.engine()).isReproducible() && !distributor.equals(Distribution.IN_PROCESS)) {
            throw new IllegalArgumentException("variant " + variant.name() + ": found " + variant.engine()
                + ", of which two builds differ in bits, and distributor "
                + distributor + "; expected distributor " + Distribution.IN_PROCESS);
        }
    }

    /**
     * Opens what another process describes. The pipeline stays somebody else's.
     *
     * @throws RefusalException if its checkpoint is not here, its engine another, or the number of threads
     */
    static OpenWork open(Description description, Workplace work, OpenPipeline pipeline, Crew crew) throws IOException {
        PictureWork its = description.read("pictures", PictureWork.class);
        if (!its.checkpoint.isEmpty()) {
            if (!Files.isRegularFile(Path.of(its.checkpoint))) {
                throw new RefusalException(List.of("checkpoint " + its.checkpoint + ": found none; expected the evaluation's folder where every process "
                    + "sees it under the same path"));
            }
            String found = sample(its.checkpoint, pipeline);
            if (!found.equals(its.sample)) {
                throw new RefusalException(List.of("checkpoint " + its.checkpoint + ": found one of recipe and sample " + found + "; expected "
                    + its.sample));
            }
        }
        int atATime = atATime(its.threads, crew.runtime().device());
        if (atATime != its.atATime) {
            throw new RefusalException(List.of("threads: found processors for " + atATime + " of " + its.threads + " threads of an operation; expected "
                + its.atATime + " at a time"));
        }
        String identity = identity(its.engine, work);
        if (!identity.equals(its.identity)) {
            throw new RefusalException(List.of("engine " + its.engine + ": found " + identity + "; expected " + its.identity));
        }
        BackboneChoice choice = its.engine.isEmpty() ? new BackboneChoice.Eager(its.checkpoint)
            : BackboneChoice.Built.of(its.checkpoint, its.engine, Map.of(), "");
        var order = new OpenPictures.Order(choice, its.sampling, Shot.batches(its.sampling.prompts().size(), its.seeds, its.batchSize), its.threads);
        return new OpenPictures(work, pipeline, crew, order, Monitor.silent());
    }
}
