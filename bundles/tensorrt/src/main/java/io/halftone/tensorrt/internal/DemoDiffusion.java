package io.halftone.tensorrt.internal;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.halftone.export.EngineBuilder.Request;
import io.halftone.export.EngineException;
import io.halftone.files.PathLock;
import io.halftone.model.ModelSignature.Extent;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The SDXL backbone as TensorRT's demo/Diffusion takes it from its folder of engines. It finds tensors by name, copies into
 * buffers of the engine's own types, which are those that NumPy has, and asks the engine for the shape of the time step alone, so that
 * this one is fixed. Source: NVIDIA TensorRT, release/10.2, demo/Diffusion: stable_diffusion_pipeline.py, getEnginePath; models.py,
 * UNetXLModel; utilities.py, Engine.
 *
 * @param version what the Python package says of its version, which is part of the file's name; empty for that of the library here
 */
record DemoDiffusion(String version) {
    static final String LAYOUT = "layout";
    static final String VERSION = "layout-version";
    static final Set<String> OPTIONS = Set.of(LAYOUT, VERSION);

    private static final String NAME = "demo-diffusion";
    private static final String TIMESTEP = "timestep";
    private static final String COPY = ".demo-diffusion-";
    private static final String ONNX = ".onnx";
    private static final String LOCK = ".lock";
    private static final Set<String> INPUTS = Set.of("sample", TIMESTEP, "encoder_hidden_states", "text_embeds", "time_ids");
    private static final Set<String> OUTPUTS = Set.of("latent");
    private static final Set<Integer> TYPES = Set.of(DataType.FLOAT16_VALUE, DataType.FLOAT_VALUE);
    /** Up to four pictures, each with and without its prompt. */
    private static final Map<String, Extent> EXTENTS = Map.of("batch_size", new Extent(2, 2, 8));

    /** The layout that options ask for; empty for none. */
    static Optional<DemoDiffusion> of(Map<String, String> options) {
        String version = options.getOrDefault(VERSION, "");
        if (!options.containsKey(LAYOUT)) {
            if (!version.isEmpty()) {
                throw new IllegalArgumentException("option " + VERSION + ": found it without a layout; expected " + LAYOUT + " too");
            }
            return Optional.empty();
        }
        if (!options.get(LAYOUT).equals(NAME)) {
            throw new IllegalArgumentException("option " + LAYOUT + ": found " + options.get(LAYOUT) + "; expected " + NAME);
        }
        if (!version.isEmpty() && !version.matches("\\d+\\.\\d+\\.\\d+(\\.\\w+)?")) {
            throw new IllegalArgumentException("option " + VERSION + ": found " + version + "; expected tensorrt.__version__ as 10.2.0 or "
                + "10.2.0.19");
        }
        return Optional.of(new DemoDiffusion(version));
    }

    /**
     * What the demo looks for.
     *
     * @param library version of the library that builds, as {@code 10.2.0}: no other loads the engine
     */
    String fileName(String library) {
        if (!version.isEmpty() && !version.equals(library) && !version.startsWith(library + ".")) {
            throw new IllegalArgumentException("option " + VERSION + ": found " + version + "; expected " + library
                + ", the version that builds here: another one does not load the engine");
        }
        return "unetxl.trt" + (version.isEmpty() ? library : version) + ".plan";
    }

    /** Refuses a file that the demo would not look for. */
    void expectName(Path engineFile, String name) {
        if (!engineFile.getFileName().toString().equals(name)) {
            throw new IllegalArgumentException("engine file " + engineFile + ": found another name than the layout's; expected its folder, or "
                + engineFile.resolveSibling(name));
        }
    }

    /**
     * A request for the same engine with the shapes of the demo, of a model that fits it.
     *
     * @param request of the model's own file, or of a copy beside it that goes when this is closed
     */
    record Fitted(Request request, Optional<PathLock> copy) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            if (copy.isPresent()) {
                try (PathLock lock = copy.get()) {
                    Files.deleteIfExists(request.model());
                    Files.deleteIfExists(lockOf(request.model()));
                }
            }
        }
    }

    /**
     * Fits a request to the demo.
     *
     * @throws EngineException naming all inputs and outputs that do not fit
     */
    Fitted fit(Request asked) throws IOException {
        OnnxFile.read(asked.model());      // refuses what is no model
        ModelProto model = ModelProto.parseFrom(Files.readAllBytes(asked.model()));
        String step = step(asked.model(), model.getGraph());
        Map<String, Extent> extents = new TreeMap<>(EXTENTS);
        extents.putAll(asked.extents());
        Map<String, String> options = new HashMap<>(asked.options());
        options.keySet().removeAll(OPTIONS);
        if (Profile.isNumber(step)) {
            return new Fitted(new Request(asked.model(), extents, options), Optional.empty());
        }
        extents.remove(step);
        Path folder = asked.model().toAbsolutePath().getParent();
        sweep(folder);
        // beside the model: the places of its data are told from there
        Path copy = folder.resolve(COPY + UUID.randomUUID() + ONNX);
        var fitted = new Fitted(new Request(copy, extents, options), PathLock.tryAlone(lockOf(copy)));
        try {
            Files.write(copy, fixed(model, step).toByteArray(), StandardOpenOption.CREATE_NEW);
            return fitted;
        } catch (IOException | RuntimeException e) {
            fitted.close();
            throw e;
        }
    }

    /** Its lock says that the build lives that a copy is for. */
    private static Path lockOf(Path copy) {
        return copy.resolveSibling(copy.getFileName() + LOCK);
    }

    /** Removes the copies of builds that were killed. */
    private static void sweep(Path folder) throws IOException {
        try (DirectoryStream<Path> locks = Files.newDirectoryStream(folder, COPY + "*" + ONNX + LOCK)) {
            for (Path file : locks) {
                try (PathLock lock = PathLock.tryAlone(file).orElse(null)) {
                    if (lock != null && lock.spansProcesses()) {
                        String name = file.getFileName().toString();
                        Files.deleteIfExists(file.resolveSibling(name.substring(0, name.length() - LOCK.length())));
                        Files.deleteIfExists(file);
                    }
                }
            }
        }
    }

    /** The extent of the time step, once all else fits. */
    private static String step(Path file, GraphProto graph) {
        List<String> inputs = graph.getInputList().stream().map(ValueInfoProto::getName).toList();
        List<String> outputs = graph.getOutputList().stream().map(ValueInfoProto::getName).toList();
        if (!Set.copyOf(inputs).equals(INPUTS) || !Set.copyOf(outputs).equals(OUTPUTS)) {
            throw new EngineException(file + ": found inputs " + inputs + " and outputs " + outputs + "; expected those of an SDXL backbone, "
                + new java.util.TreeSet<>(INPUTS) + " and " + OUTPUTS + ", as " + NAME + " has them");
        }
        for (List<ValueInfoProto> ports : List.of(graph.getInputList(), graph.getOutputList())) {
            for (ValueInfoProto port : ports) {
                int type = port.getType().getTensorType().getElemType();
                if (!TYPES.contains(type)) {
                    throw new EngineException(file + ": " + port.getName() + ": found " + DataType.forNumber(type) + "; expected FLOAT16 or "
                        + "FLOAT, as NumPy has them: export the model in Half");
                }
            }
        }
        TensorShapeProto shape = graph.getInput(inputs.indexOf(TIMESTEP)).getType().getTensorType().getShape();
        String step = shape.getDimCount() == 1 ? text(shape.getDim(0)) : "";
        if (step.isEmpty() || Profile.isNumber(step) && !step.equals("1")) {
            throw new EngineException(file + ": " + TIMESTEP + ": found " + shape.getDimList().stream().map(DemoDiffusion::text).toList()
                + "; expected one extent, of 1 or named");
        }
        return step;
    }

    private static String text(Dimension dimension) {
        return dimension.hasDimValue() ? Long.toString(dimension.getDimValue()) : dimension.getDimParam();
    }

    /** The model where a dimension is 1. */
    private static ModelProto fixed(ModelProto model, String dimension) {
        ModelProto.Builder made = model.toBuilder();
        GraphProto.Builder graph = made.getGraphBuilder();
        graph.getInputBuilderList().forEach(port -> fix(port, dimension));
        graph.getOutputBuilderList().forEach(port -> fix(port, dimension));
        graph.getValueInfoBuilderList().forEach(port -> fix(port, dimension));
        return made.build();
    }

    private static void fix(ValueInfoProto.Builder port, String dimension) {
        port.getTypeBuilder().getTensorTypeBuilder().getShapeBuilder().getDimBuilderList().stream()
            .filter(dim -> dim.getDimParam().equals(dimension)).forEach(dim -> dim.setDimValue(1));
    }
}
