package io.halftone.core.internal.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.PipelineSource;
import io.halftone.core.internal.TestPipeline;
import io.halftone.core.internal.plan.ModelFolders;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.model.ModelConfig;
import io.halftone.ops.DType;
import io.halftone.ops.Device;
import io.halftone.ops.EagerRuntime;
import io.halftone.pipeline.PipelineConfig;
import io.halftone.pipeline.PipelineFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkplaceTest {
    @TempDir
    Path models;
    private Map<String, Object> index = Map.of("_class_name", "TestPipeline");
    private TestPipeline last;

    @Test
    void takesOptionsThatAreHonoured() {
        Workplace.checkOptions("engine onnxruntime", Map.of(), Set.of());
        Workplace.checkOptions("engine onnxruntime", Map.of("threads", "2"), Set.of("threads", "profile"));
    }

    @Test
    void refusesAnOptionThatWouldHaveNoEffect() {
        assertEquals("treads: found an option that engine onnxruntime does not honour; expected one of [profile, threads]",
            refusal(() -> Workplace.checkOptions("engine onnxruntime", Map.of("treads", "2"), Set.of("threads", "profile"))));
        assertEquals("alpha: found an option that algorithm max does not honour; expected none",
            refusal(() -> Workplace.checkOptions("algorithm max", Map.of("alpha", "1"), Set.of())));
    }

    @Test
    void opensAFolderByItsPathOrByTheModelsName() throws IOException {
        Path tiny = Files.createDirectory(models.resolve("tiny"));
        Files.writeString(tiny.resolve("model_index.json"), "{}");
        try (OpenPipeline byName = work().open(new PipelineSource("", "tiny", DType.FLOAT16))) {
            assertEquals(tiny, byName.folder().path());
            assertEquals(DType.FLOAT16, byName.computeType());
        }
        try (OpenPipeline byPath = work().open(PipelineSource.of(models.resolve("x/../tiny")))) {
            assertEquals(tiny, byPath.folder().path());
        }
        assertTrue(last.isClosed());
    }

    @Test
    void closesAFolderThatNoPluginServes() {
        index = Map.of("_class_name", "OtherPipeline");
        assertEquals("pipeline OtherPipeline: found none; expected one of [TestPipeline]", refusal(() -> work().open(PipelineSource.of(models))));
        assertTrue(last.isClosed());
    }

    @Test
    void worksOnTheDeviceThatTheSourceNames() {
        PipelineSource source = PipelineSource.of(models);
        Workplace usual = work();
        assertSame(usual, usual.on(source));
        assertEquals("on cuda:1", usual.on(source.on("cuda:1")).runtime().description());
        assertEquals("device cuda:7: found none", refusal(() -> usual.on(source.on("cuda:7"))));
    }

    @Test
    void anEngineWithAChoiceRunsOnTheGpuThatTensorsAreOn() {
        Device gpu = new Device("GPU", 1);
        assertEquals(Map.of("device", "1", "cuda-graph", "false"), Backbones.onDevice(Map.of("cuda-graph", "false"), Set.of("device", "cuda-graph"), gpu));
        assertEquals(Map.of("device", "0"), Backbones.onDevice(Map.of("device", "0"), Set.of("device"), gpu));
        assertEquals(Map.of(), Backbones.onDevice(Map.of(), Set.of("threads"), gpu));
        assertEquals(Map.of(), Backbones.onDevice(Map.of(), Set.of("device"), Device.HOST));
    }

    /** Computes nothing. */
    private record Runtime(String name) implements EagerRuntime {
        @Override
        public EagerRuntime on(String device) {
            if (device.equals("cuda:7")) {
                throw new IllegalArgumentException("device cuda:7: found none");
            }
            return new Runtime(device);
        }

        @Override
        public <R> R run(Task<R> task) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <R> R run(int threads, Task<R> task) {
            throw new UnsupportedOperationException();
        }

        @Override
        public String description() {
            return "on " + name;
        }
    }

    private Workplace work() {
        return new Workplace(TestPipeline.plugins(), new PipelineFolder.Opener() {
            @Override
            public PipelineFolder open(Path folder) {
                last = new TestPipeline(folder, index);
                return last;
            }

            @Override
            public ModelConfig config(Path file) {
                throw new UnsupportedOperationException();
            }

            @Override
            public PipelineConfig configuration(String source, Map<String, String> files) {
                throw new UnsupportedOperationException();
            }
        }, new Runtime(""), new ModelFolders(List.of(models)));
    }

    private static String refusal(org.junit.jupiter.api.function.Executable call) {
        return assertThrows(IllegalArgumentException.class, call).getMessage();
    }
}
