package io.halftone.itests.plugin;

import io.halftone.export.Engine;
import io.halftone.export.EngineBuilder;
import io.halftone.export.EngineException;
import io.halftone.export.EngineReport;
import io.halftone.ops.DType;
import io.halftone.ops.TensorView;
import io.halftone.ops.Values;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Engines that are the model as it is. They do not run. */
public final class CopyEngine implements EngineBuilder {
    @Override
    public Set<String> options() {
        return Set.of();
    }

    @Override
    public boolean isBuiltForExtents() {
        return false;
    }

    @Override
    public EngineReport build(Request request, Path engineFile) throws IOException {
        Files.copy(request.model(), engineFile, StandardCopyOption.REPLACE_EXISTING);
        return report(engineFile);
    }

    @Override
    public Engine load(Path file, Map<String, String> options) {
        return new Copy(report(file));
    }

    private static EngineReport report(Path file) {
        return new EngineReport(file, List.of(file), "copy", "none", List.of(), List.of(), Map.of());
    }

    private record Copy(EngineReport report) implements Engine {
        @Override
        public Map<String, DType> inputs() {
            return Map.of();
        }

        @Override
        public <R> R run(Values<TensorView> inputs, Function<Values<TensorView>, R> result) {
            throw new EngineException(report.file() + ": found a copy; expected an engine that runs");
        }

        @Override
        public Map<String, String> metadata() {
            return Map.of();
        }

        @Override
        public void close() {
            // holds nothing
        }
    }
}
