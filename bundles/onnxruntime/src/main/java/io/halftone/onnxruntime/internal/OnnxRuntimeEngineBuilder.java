package io.halftone.onnxruntime.internal;

import io.halftone.export.Engine;
import io.halftone.export.EngineBuilder;
import io.halftone.export.EngineException;
import io.halftone.export.EngineReport;
import io.halftone.model.Named;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ONNX Runtime on the processor. An engine is the model after the runtime's own rewriting, as far as it holds for every
 * processor of the architecture, with its large tensors beside it; it needs the export no longer. An export runs as well,
 * and is then rewritten each time it is loaded. The natives load with the first of either.
 */
@Component(service = EngineBuilder.class)
@Named("onnxruntime")
public final class OnnxRuntimeEngineBuilder implements EngineBuilder {
    private static final Logger LOG = LoggerFactory.getLogger(OnnxRuntimeEngineBuilder.class);
    private static final String RUNTIME = "halftone.engine.runtime";
    private static final String PROCESSOR = "halftone.engine.processor";
    private static final String INTEGER_LAYERS = "halftone.engine.integer_layers";
    private static final String THREADS = "halftone.engine.threads";
    private static final String STAGING = ".engine-";
    private static final String FLOAT_LAYERS = "halftone.engine.float_layers";

    @Override
    public Set<String> options() {
        return EngineOptions.NAMES;
    }

    @Override
    public EngineReport build(Request request, Path engineFile) throws IOException {
        EngineOptions options = EngineOptions.of(request.options());
        if (!request.extents().isEmpty()) {
            throw new IllegalArgumentException("extents: found " + new TreeSet<>(request.extents().keySet())
                + "; expected none: this engine takes every extent that the model does");
        }
        ModelGraph source = ModelGraph.read(request.model());
        if (source.fact(RUNTIME).isPresent()) {
            throw new EngineException(request.model() + ": found an engine; expected an exported model");
        }
        Path folder = engineFile.toAbsolutePath().getParent();
        sweep(folder);
        Path staging = Files.createTempDirectory(folder, STAGING + ProcessHandle.current().pid() + "-");
        try {
            EngineReport report = optimized(request.model(), source, options, staging, engineFile);
            // moved data first: the engine file is whole or not there
            Path data = staging.resolve(data(engineFile));
            if (Files.exists(data)) {
                Files.move(data, folder.resolve(data.getFileName()), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
            Files.move(staging.resolve(engineFile.getFileName()), engineFile, StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
            LOG.info("built {}: {} layers in integer kernels, {} in float", engineFile, report.integerLayers().size(),
                report.floatLayers().size());
            return report;
        } finally {
            delete(staging);
        }
    }

    @Override
    public Engine load(Path file, Map<String, String> options) throws IOException {
        EngineOptions chosen = EngineOptions.of(options);
        ModelGraph graph = ModelGraph.read(file);
        if (graph.fact(RUNTIME).isEmpty()) {
            EngineOptions asked = chosen;
            return new OnnxRuntimeEngine(file.toString(), Sessions.open(file, graph, chosen), graph.metadata(), () -> inspected(file, asked));
        }
        expect(file, graph, RUNTIME, Sessions.runtime());
        expect(file, graph, PROCESSOR, Processor.description());
        if (!options.containsKey("threads")) {
            chosen = chosen.with(graph.fact(THREADS).orElse("0"));
        }
        EngineReport report = new EngineReport(file, files(file), Sessions.runtime(), chosen.device(), graph.facts(INTEGER_LAYERS),
            graph.facts(FLOAT_LAYERS), graph.operators());
        return new OnnxRuntimeEngine(file.toString(), Sessions.open(file, graph, chosen), graph.metadata(), () -> report);
    }

    private static void expect(Path file, ModelGraph graph, String key, String expected) {
        String found = graph.fact(key).orElse("none");
        if (!found.equals(expected)) {
            throw new EngineException(file + ": found an engine built for " + found + "; expected one for " + expected
                + ": build it again");
        }
    }

    /** What becomes of an export when it is loaded. */
    private static EngineReport inspected(Path file, EngineOptions options) {
        try {
            Path folder = Files.createTempDirectory("halftone-inspect-");
            try {
                return optimized(file, ModelGraph.read(file), options, folder, file);
            } finally {
                delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes the optimized model into the folder under the engine file's name, with what is known of it. */
    private static EngineReport optimized(Path model, ModelGraph source, EngineOptions options, Path folder, Path engineFile)
        throws IOException {
        Path written = folder.resolve(engineFile.getFileName());
        Sessions.optimize(model, source, options, written, data(engineFile));
        ModelGraph optimized = ModelGraph.read(written);
        Set<String> products = optimized.integerProducts();
        List<String> integer = new ArrayList<>();
        List<String> floating = new ArrayList<>();
        source.quantizedLayers().forEach((product, layer) -> (products.contains(product) ? integer : floating).add(layer));
        Map<String, String> facts = Map.of(THREADS, Integer.toString(options.threads()), RUNTIME, Sessions.runtime(), PROCESSOR, Processor.description(),
            INTEGER_LAYERS, String.join("\n", integer), FLOAT_LAYERS, String.join("\n", floating));
        Map<String, String> all = new TreeMap<>(source.metadata());
        all.keySet().removeAll(optimized.metadata().keySet());
        all.putAll(facts);
        Files.write(written, optimized.with(all).toByteArray());
        return new EngineReport(engineFile, files(engineFile), Sessions.runtime(), options.device(), integer, floating, optimized.operators());
    }

    /** Removes what builds of processes that are gone left in the folder. */
    private static void sweep(Path folder) throws IOException {
        try (var left = Files.newDirectoryStream(folder, STAGING + "*")) {
            for (Path staging : left) {
                String pid = staging.getFileName().toString().substring(STAGING.length()).replaceAll("-.*", "");
                if (pid.matches("\\d{1,18}") && ProcessHandle.of(Long.parseLong(pid)).isEmpty()) {
                    delete(staging);
                }
            }
        }
    }

    /** The engine file, and that of its large tensors. */
    private static List<Path> files(Path engineFile) {
        return List.of(engineFile, engineFile.resolveSibling(data(engineFile)));
    }

    private static String data(Path engineFile) {
        return engineFile.getFileName() + "_data";
    }

    private static void delete(Path folder) throws IOException {
        List<Path> files;
        try (var listed = Files.list(folder)) {
            files = listed.toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
        Files.delete(folder);
    }
}
