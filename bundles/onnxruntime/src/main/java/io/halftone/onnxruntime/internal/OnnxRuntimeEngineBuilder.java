package io.halftone.onnxruntime.internal;

import ai.onnxruntime.OrtSession;
import io.halftone.export.Engine;
import io.halftone.export.EngineBuilder;
import io.halftone.export.EngineException;
import io.halftone.export.EngineReport;
import io.halftone.export.MultiplyAdds;
import io.halftone.files.Staging;
import io.halftone.model.Named;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ONNX Runtime on the processor. An engine is the model after the runtime's own rewriting, as far as it holds for every
 * processor of the architecture, with its large tensors beside it; it needs the export no longer. An export runs as well, and is
 * then rewritten each time it is loaded. The natives load with the first of either.
 */
@Component(service = EngineBuilder.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("onnxruntime")
public final class OnnxRuntimeEngineBuilder implements EngineBuilder {
    private static final Logger LOG = LoggerFactory.getLogger(OnnxRuntimeEngineBuilder.class);
    private static final String RUNTIME = "halftone.engine.runtime";
    private static final String PROCESSOR = "halftone.engine.processor";
    private static final String INTEGER_LAYERS = "halftone.engine.integer_layers";
    private static final String FLOAT_LAYERS = "halftone.engine.float_layers";
    private static final String THREADS = "halftone.engine.threads";

    @Override
    public Set<String> options() {
        return EngineOptions.NAMES;
    }

    @Override
    public String identity(Map<String, String> options) {
        EngineOptions chosen = EngineOptions.of(options);
        return Sessions.runtime() + "; " + Processor.description() + "; " + chosen.stored() + "; " + chosen.threads() + " threads";
    }

    @Override
    public boolean isBuiltForExtents() {
        return false;
    }

    @Override
    public List<Path> modelFiles(Path model) throws IOException {
        List<Path> files = new ArrayList<>(List.of(model));
        ModelGraph.read(model).dataFiles().forEach(name -> files.add(model.resolveSibling(name)));
        return files;
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
        source.verify(request.model());
        Pitfalls.verify(request.model(), source.model());
        Map<String, String> origin = Origin.facts(request.model());
        try (Staging staging = Staging.beside(engineFile)) {
            try {
                return build(request.model(), engineFile, source, options, origin, staging);
            } catch (IOException e) {
                throw staging.named(e, engineFile.getFileName().toString());
            }
        }
    }

    private static EngineReport build(Path model, Path engineFile, ModelGraph source, EngineOptions options, Map<String, String> origin,
            Staging staging) throws IOException {
        String engine = engineFile.getFileName().toString();
        String data = data(engineFile);
        Path written = staging.file(engine);
        Sessions.optimize(model, source, options, written, data);
        EngineReport report = report(engineFile, source, ModelGraph.read(written), options);
        Map<String, String> facts = new HashMap<>(origin);
        facts.putAll(Map.of(THREADS, Integer.toString(options.threads()), RUNTIME, Sessions.runtime(),
            PROCESSOR, Processor.description(), INTEGER_LAYERS, String.join("\n", report.integerLayers()),
            FLOAT_LAYERS, String.join("\n", report.floatLayers())));
        record(written, source, facts);
        ModelGraph.read(written).expectData(engineFile, staging.file(data));
        if (Files.exists(staging.file(data))) {
            staging.publish(List.of(data, engine));
        } else {
            staging.publish(List.of(engine), List.of(data));
        }
        LOG.info("built {}: {} layers in integer kernels, {} in float", engineFile, report.integerLayers().size(),
            report.floatLayers().size());
        return report;
    }

    @Override
    public Engine load(Path file, Map<String, String> options) throws IOException {
        EngineOptions chosen = EngineOptions.of(options);
        ModelGraph graph = ModelGraph.read(file);
        Pitfalls.verify(file, graph.model());
        if (graph.fact(RUNTIME).isEmpty()) {
            graph.verify(file);
            return export(file, graph, chosen);
        }
        expect(file, graph, RUNTIME, Sessions.runtime());
        expect(file, graph, PROCESSOR, Processor.description());
        if (!options.containsKey("threads")) {
            chosen = withThreads(file, graph, chosen);
        }
        EngineReport report = new EngineReport(file, files(file), Sessions.runtime(), chosen.device(), graph.facts(INTEGER_LAYERS),
            graph.facts(FLOAT_LAYERS), graph.operators(), lowShare(graph, graph.integerProducts()), List.of());
        return new OnnxRuntimeEngine(file.toString(), Sessions.open(file, graph, chosen), graph.metadata(), report);
    }

    /** With as many threads as the engine was built for. */
    private static EngineOptions withThreads(Path file, ModelGraph graph, EngineOptions chosen) {
        try {
            return chosen.with(graph.fact(THREADS).orElse("0"));
        } catch (IllegalArgumentException e) {
            throw new EngineException(file + ": " + THREADS + ": " + e.getMessage(), e);
        }
    }

    private static void expect(Path file, ModelGraph graph, String key, String expected) {
        String found = graph.fact(key).orElse("none");
        if (!found.equals(expected)) {
            throw new EngineException(file + ": found an engine built for " + found + "; expected one for " + expected
                + ": build it again");
        }
    }

    /** An exported model as it is. What becomes of it is seen in what the runtime writes while it opens the session. */
    private static Engine export(Path file, ModelGraph graph, EngineOptions options) throws IOException {
        try (Staging staging = Staging.in(Path.of(System.getProperty("java.io.tmpdir")))) {
            Path optimized = staging.file("optimized");
            OrtSession session = Sessions.open(file, graph, options, optimized, data(file));
            EngineReport report = report(file, graph, ModelGraph.read(optimized), options);
            return new OnnxRuntimeEngine(file.toString(), session, graph.metadata(), report);
        }
    }

    /** What is known of a model by what it was, and what the runtime made of it. */
    private static EngineReport report(Path file, ModelGraph source, ModelGraph optimized, EngineOptions options) {
        Set<String> products = optimized.integerProducts();
        List<String> integer = new ArrayList<>();
        List<String> floating = new ArrayList<>();
        source.quantizedLayers().forEach((layer, names) -> (products.containsAll(names) ? integer : floating).add(layer));
        return new EngineReport(file, files(file), Sessions.runtime(), options.device(), integer, floating, optimized.operators(),
            lowShare(source, products), List.of());
    }

    /** At the usual shapes: this engine takes all. */
    private static double lowShare(ModelGraph graph, Set<String> integerProducts) {
        return MultiplyAdds.of(graph.metadata()).share(Map.of(), integerProducts::contains);
    }

    /** Writes facts into an engine file, with those of the export that the runtime did not keep. */
    private static void record(Path written, ModelGraph source, Map<String, String> facts) throws IOException {
        ModelGraph optimized = ModelGraph.read(written);
        Map<String, String> all = new TreeMap<>(source.metadata());
        all.keySet().removeAll(optimized.metadata().keySet());
        all.putAll(facts);
        Files.write(written, optimized.with(all).toByteArray());
    }

    /** The engine file, and that of its large tensors. */
    private static List<Path> files(Path engineFile) {
        return List.of(engineFile, engineFile.resolveSibling(data(engineFile)));
    }

    private static String data(Path engineFile) {
        return engineFile.getFileName() + "_data";
    }
}
