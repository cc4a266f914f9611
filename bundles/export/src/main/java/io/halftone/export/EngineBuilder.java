package io.halftone.export;

import io.halftone.ops.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Makes engines of exported models: onnxruntime, tensorrt ... Found by {@link io.halftone.model.Named}. Safe for use by
 * several threads.
 */
@ConsumerType
public interface EngineBuilder {
    /**
     * What to build from.
     *
     * @param model   the exported model file
     * @param extents least, usual and greatest extent of each named dimension
     * @param options by name: {@code threads} ...
     */
    record Request(Path model, Map<String, io.halftone.model.ModelSignature.Extent> extents, Map<String, String> options) {
        public Request {
            extents = Map.copyOf(extents);
            options = Map.copyOf(options);
        }
    }

    /** The names of the options that it honours; others are refused. */
    Set<String> options();

    /** Those of its options that {@link #load} takes. */
    default Set<String> loadOptions() {
        return options();
    }

    /**
     * What decides how an engine comes out, beside the model and its extents: the version, the device, and those of the options
     * that matter, in text. Engines of one model with equal extents and identities are interchangeable. An engine that depends on
     * more than its options says so here. May load a library.
     *
     * @throws IllegalArgumentException if there is an unknown value among the options
     * @throws IllegalStateException    if engines cannot be built here, with the reason
     */
    default String identity(Map<String, String> options) {
        return new TreeMap<>(options).toString();
    }

    /**
     * Whether two builds of one model, with equal extents and identities, compute the same bits: not so where kernels are chosen by timing them. Such
     * engines are interchangeable for users, and not where several processes are to make what one would make.
     */
    default boolean isReproducible() {
        return true;
    }

    /** Whether an engine takes only the extents that it was built for; one that does not takes every extent, and a request has none. */
    default boolean isBuiltForExtents() {
        return true;
    }

    /**
     * What models should compute in that this engine runs, where the user says nothing.
     *
     * @param stored the type of the weights: BFLOAT16 where values may not fit into FLOAT16
     */
    default DType usualType(DType stored) {
        return DType.FLOAT32;
    }

    /**
     * The files that an exported model consists of: itself, and those of its external data.
     *
     * @throws EngineException if the file is no model that can be read
     */
    default List<Path> modelFiles(Path model) throws IOException {
        Path data = model.resolveSibling(model.getFileName() + "_data");
        return Files.isRegularFile(data) ? List.of(model, data) : List.of(model);
    }

    /** What the engine file is called where a request leaves it open. May load a library. */
    default String fileName(Request request) {
        return "backbone.plan";
    }

    /**
     * Builds the engine file in a folder that exists. It replaces one of that name only when it is whole.
     *
     * @return what was built
     * @throws EngineException if the model cannot be built
     */
    EngineReport build(Request request, Path engineFile) throws IOException;

    /**
     * Loads an engine: one that {@link #build} wrote, or an exported model where the engine needs no building.
     *
     * @throws EngineException if the file is not for this engine, version or device
     */
    Engine load(Path file, Map<String, String> options) throws IOException;
}
