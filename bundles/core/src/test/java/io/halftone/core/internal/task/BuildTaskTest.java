package io.halftone.core.internal.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.BuildRequest;
import io.halftone.core.internal.Plugins;
import io.halftone.core.internal.TestPipeline;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.plan.ModelFolders;
import io.halftone.export.BuildTool;
import io.halftone.export.Engine;
import io.halftone.export.EngineBuilder;
import io.halftone.export.EngineReport;
import io.halftone.model.ModelSignature.Extent;
import io.halftone.ops.EagerRuntime;
import io.halftone.pipeline.PipelineFolder;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildTaskTest {
    private static final Map<String, Extent> EXTENTS = Map.of("batch", new Extent(2, 2, 8));

    private final List<Object> seen = new ArrayList<>();
    @TempDir
    Path folder;
    private Path model;
    private boolean builtForExtents = true;

    @BeforeEach
    void writeModel() throws IOException {
        model = Files.createFile(folder.resolve("backbone.onnx"));
    }

    /** Tells what it was asked, and makes engines that know no facts. */
    private final class Builder implements EngineBuilder {
        @Override
        public Set<String> options() {
            return Set.of("device", "level");
        }

        @Override
        public Set<String> loadOptions() {
            return Set.of("device");
        }

        @Override
        public boolean isBuiltForExtents() {
            return builtForExtents;
        }

        @Override
        public String fileName(Request request) {
            return "level" + request.options().getOrDefault("level", "0") + ".plan";
        }

        @Override
        public EngineReport build(Request request, Path engineFile) throws IOException {
            seen.add(request);
            Files.writeString(engineFile, "engine");
            return new EngineReport(engineFile, List.of(engineFile), "fake", "fake", List.of(), List.of(), Map.of());
        }

        @Override
        public Engine load(Path file, Map<String, String> options) {
            seen.add(options);
            return (Engine) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Engine.class},
                (proxy, method, arguments) -> method.getName().equals("metadata") ? Map.of() : null);
        }
    }

    private static final class Tool implements BuildTool {
        @Override
        public Set<String> options() {
            return Set.of("level");
        }

        @Override
        public String command(EngineBuilder.Request request, Path engineFile, int version) {
            return "tool" + version + " " + request.model().getFileName() + " " + request.extents() + request.options() + " " + engineFile.getFileName();
        }
    }

    private Workplace work() {
        return work(TestPipeline.family("build-tool"));
    }

    private Workplace withTool() {
        return work(TestPipeline.family("build-tool", Plugins.Plugin.<BuildTool>of(new Tool(), "fake")));
    }

    private Workplace work(Plugins.Family<BuildTool> tools) {
        Plugins none = TestPipeline.plugins();
        return new Workplace(new Plugins(none.models(), none.pipelines(), none.schedulers(), none.tokenizers(), none.formats(), none.policies(),
            none.collectors(), none.algorithms(), none.exporters(), TestPipeline.family("engine", Plugins.Plugin.<EngineBuilder>of(new Builder(), "fake")),
            none.presets(), tools, none.distributors()), unused(PipelineFolder.Opener.class), unused(EagerRuntime.class), new ModelFolders(List.of()));
    }

    private static <T> T unused(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            throw new UnsupportedOperationException(method.getName());
        }));
    }

    private BuildRequest request(String file, Map<String, String> options) {
        return new BuildRequest(folder.toString(), "fake", file, EXTENTS, options);
    }

    /** A GPU other than the first one may be another model, which refuses the engine. */
    @Test
    void loadsTheEngineOnTheDeviceThatItWasBuiltOn() throws IOException {
        Map<String, String> options = Map.of("device", "1", "level", "3");
        Path file = folder.resolve("e.plan");
        assertEquals(file, new BuildTask(work(), request(file.toString(), options)).run(Monitor.silent()).report().file());
        assertEquals(List.of(new EngineBuilder.Request(model, EXTENTS, options), Map.of("device", "1")), seen);
    }

    @Test
    void theBuilderNamesTheFileWhereTheRequestLeavesItOpen() throws IOException {
        assertEquals(folder.resolve("level3.plan"),
            new BuildTask(work(), request("", Map.of("level", "3"))).run(Monitor.silent()).report().file());
        assertEquals(folder.resolve("engine/level0.plan"),
            new BuildTask(work(), request(folder.resolve("engine") + "/", Map.of())).run(Monitor.silent()).report().file());
    }

    @Test
    void refusesExtentsOfAnEngineThatTakesAllBeforeItBuilds() {
        builtForExtents = false;
        assertEquals("extents: found " + new TreeSet<>(EXTENTS.keySet()) + "; expected none: engine fake takes every extent that the model does",
            assertThrows(IllegalArgumentException.class, () -> new BuildTask(work(), request("e.plan", Map.of()))).getMessage());
        assertEquals(List.of(), seen);
    }

    @Test
    void printsTheToolsCommandLineAndBuildsNothing() throws IOException {
        Workplace work = withTool();
        assertEquals("tool11 backbone.onnx " + EXTENTS + "{level=3} backbone.plan", BuildTask.command(work, request("", Map.of("level", "3")), 11));
        assertEquals("tool0 backbone.onnx " + EXTENTS + "{} e.plan", BuildTask.command(work, request(folder + "/out/e.plan", Map.of()), 0));
        assertTrue(seen.isEmpty());
        assertFalse(Files.exists(folder.resolve("out")));
    }

    @Test
    void refusesWhatTheToolDoesNotHonour() {
        Workplace work = withTool();
        assertEquals("device: found an option that the tool of engine fake does not honour; expected one of [level]",
            refusal(work, request("", Map.of("device", "1"))));
        assertEquals("engine fake: found no tool of its own that builds it; expected the archive installed that has the engine",
            refusal(work(), request("", Map.of())));
    }

    private static String refusal(Workplace work, BuildRequest request) {
        return assertThrows(IllegalArgumentException.class, () -> BuildTask.command(work, request, 0)).getMessage();
    }
}
