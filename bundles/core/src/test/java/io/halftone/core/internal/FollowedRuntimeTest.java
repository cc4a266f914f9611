package io.halftone.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.api.Absence;
import io.halftone.api.PipelineSource;
import io.halftone.core.internal.doctor.MissingParts;
import io.halftone.core.internal.plan.ModelFolders;
import io.halftone.core.internal.task.Workplace;
import io.halftone.export.ModelInspector;
import io.halftone.ops.DeviceException;
import io.halftone.ops.EagerRuntime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Constants;

class FollowedRuntimeTest {
    private static final String REFUSAL = "runtime: found none; expected the bundle io.halftone.torch, which the feature halftone-torch brings";
    private static final Plugins.Family<ModelInspector> INSPECTORS = TestPipeline.family("inspector", Plugins.Plugin.of(file -> null, "onnx"));

    private final FollowedRuntime followed = new FollowedRuntime();

    /** Computes nothing. */
    private record Runtime(String description) implements EagerRuntime {
        @Override
        public <R> R run(Task<R> task) {
            return null;
        }

        @Override
        public <R> R run(int threads, Task<R> task) {
            return null;
        }
    }

    /** As the component runtime does: it sets the field. */
    private void there(List<Map.Entry<Map<String, Object>, EagerRuntime>> runtimes) throws Exception {
        var field = FollowedRuntime.class.getDeclaredField("runtimes");
        field.setAccessible(true);
        field.set(followed, runtimes);
    }

    private static Map.Entry<Map<String, Object>, EagerRuntime> service(EagerRuntime runtime, int ranking) {
        return Map.entry(Map.of("halftone.named", new String[] {"libtorch"}, Constants.SERVICE_RANKING, ranking), runtime);
    }

    @Test
    void refusesWorkWithTensorsWhereThereIsNone() {
        assertEquals(REFUSAL, assertThrows(DeviceException.class, () -> followed.run(null)).getMessage());
        assertEquals(REFUSAL, assertThrows(DeviceException.class, () -> followed.run(1, null)).getMessage());
        assertEquals(REFUSAL, assertThrows(DeviceException.class, followed::device).getMessage());
        assertEquals(REFUSAL, assertThrows(IllegalArgumentException.class, () -> followed.on("cuda")).getMessage());
        assertSame(MissingRuntime.INSTANCE, followed.on(""));
    }

    @Test
    void takesTheOneThatIsPreferredNow() throws Exception {
        EagerRuntime usual = new Runtime("usual");
        EagerRuntime other = new Runtime("other");
        there(List.of(service(usual, 0), service(other, 1)));
        assertSame(other, FollowedRuntime.taken(followed));
        there(List.of(service(usual, 0)));
        assertSame(usual, FollowedRuntime.taken(followed));
        assertEquals("usual", followed.description());
        assertEquals(List.of("libtorch"), followed.infos().get(0).names());
        there(List.of());
        assertSame(MissingRuntime.INSTANCE, FollowedRuntime.taken(followed));
    }

    @Test
    void anyOtherRuntimeIsTakenAsItIs() {
        EagerRuntime runtime = new Runtime("x");
        assertSame(runtime, FollowedRuntime.taken(runtime));
    }

    @Test
    void whatIsMissingIsNamedWithTheFeatureThatBringsIt() throws Exception {
        List<Absence> missing = MissingParts.of(TestPipeline.plugins(), INSPECTORS, followed);
        assertEquals(List.of("runtime", "engine", "exporter", "tokenizer", "format", "collector", "policy", "algorithm"),
            missing.stream().map(Absence::kind).toList());
        assertEquals(new Absence("runtime", "any", REFUSAL.substring("runtime: ".length())), missing.get(0));
        assertEquals(new Absence("engine", "any", "found none; expected a bundle with one, such as those of the feature halftone-onnxruntime"),
            missing.get(1));
        there(List.of(service(new Runtime("x"), 0)));
        assertEquals("engine", MissingParts.of(TestPipeline.plugins(), INSPECTORS, followed).get(0).kind());
    }

    @Test
    void aRequestThatNeedsTensorsIsRefusedBeforeAnythingIsOpened() {
        PipelineSource nowhere = new PipelineSource("/nowhere", "", io.halftone.ops.DType.FLOAT32);
        HalftoneService service = new HalftoneService(TestPipeline::plugins, null, followed, new ModelFolders(List.of()),
            new io.halftone.core.internal.doctor.Diagnostics(List.of()));
        assertEquals(REFUSAL, assertThrows(IllegalArgumentException.class, () -> service.generate(new io.halftone.api.GenerateRequest(nowhere,
            io.halftone.api.BackboneChoice.fullPrecision(), new io.halftone.api.Sampling(List.of("a"), "", 1, 1, 0, 0, 1, ""), "x.png", ""),
            io.halftone.api.ProgressListener.NONE)).getMessage());
    }
}
