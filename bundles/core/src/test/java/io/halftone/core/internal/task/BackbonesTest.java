package io.halftone.core.internal.task;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.core.internal.attest.Attested;
import io.halftone.core.internal.attest.Origin;
import io.halftone.core.internal.job.JobRunner;
import io.halftone.core.internal.job.Monitor;
import io.halftone.export.EngineBuilder;
import io.halftone.export.EngineException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackbonesTest {
    /** Has no options. */
    private static final EngineBuilder BUILDER = (EngineBuilder) Proxy.newProxyInstance(EngineBuilder.class.getClassLoader(),
        new Class<?>[] {EngineBuilder.class}, (proxy, method, arguments) -> Set.of());

    @TempDir
    private Path folder;

    @Test
    void anEngineBesideAChangedExportIsRefusedBeforeWorkBegins() throws Exception {
        Path model = Files.writeString(folder.resolve("backbone.onnx"), "graph"), engine = folder.resolve("backbone.plan");
        JobRunner.Task<Path> build = monitor -> Files.writeString(engine, "kernels");
        new Attested<>("build", build, "asked for", () -> new Origin().files("model", List.of(model)), new Attested.Surroundings(List.of(), Map::of),
            made -> List.of(new Attested.Made(made, List.of(made)))).run(Monitor.silent());
        Backbones.checkLoad("fake", engine.toString(), Map.of(), BUILDER);
        Files.writeString(model, "another graph");
        String message = assertThrows(EngineException.class, () -> Backbones.checkLoad("fake", engine.toString(), Map.of(), BUILDER)).getMessage();
        assertTrue(message.startsWith(engine + ": found an engine of an older export; expected one of " + model + ", which has changed since"), message);
    }
}
