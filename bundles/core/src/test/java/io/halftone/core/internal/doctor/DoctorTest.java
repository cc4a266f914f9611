package io.halftone.core.internal.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.Absence;
import io.halftone.api.Demand;
import io.halftone.api.Diagnosis;
import io.halftone.api.DiagnosticSource;
import io.halftone.api.DoctorRequest;
import io.halftone.api.Finding;
import io.halftone.core.internal.TestPipeline;
import io.halftone.core.internal.plan.ModelFolders;
import io.halftone.core.internal.task.Workplace;
import io.halftone.model.ModelConfig;
import io.halftone.ops.CheckpointException;
import io.halftone.ops.DType;
import io.halftone.pipeline.PipelineConfig;
import io.halftone.pipeline.PipelineFolder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DoctorTest {
    private static final List<Absence> ABSENT = List.of(new Absence("engine", "tensorrt", "GPU: found no NVIDIA driver; expected one"));

    /** Notes what it is asked for. */
    private static final class Source implements DiagnosticSource {
        private Demand asked;

        @Override
        public List<Finding> examine(Demand demand) {
            asked = demand;
            return List.of(Finding.ok("source", "is there"));
        }

        @Override
        public List<Absence> absent() {
            return ABSENT;
        }

        @Override
        public Map<String, String> facts() {
            return Map.of("library", "1.0");
        }
    }

    private static final class Failing implements DiagnosticSource {
        @Override
        public List<Finding> examine(Demand demand) {
            throw new UnsatisfiedLinkError("no libx.so");
        }

        @Override
        public Map<String, String> facts() {
            throw new UnsatisfiedLinkError("no libx.so");
        }
    }

    /** Opens the pipeline that is nowhere under one path. */
    private static final class Opener implements PipelineFolder.Opener {
        @Override
        public PipelineFolder open(Path folder) {
            if (!folder.endsWith("test")) {
                throw new CheckpointException(folder + ": found no pipeline; expected one");
            }
            return new TestPipeline(folder);
        }

        @Override
        public ModelConfig config(Path file) {
            throw new UnsupportedOperationException();
        }

        @Override
        public PipelineConfig configuration(String source, Map<String, String> files) {
            throw new UnsupportedOperationException();
        }
    }

    private final Source source = new Source();
    private final Workplace work = new Workplace(TestPipeline.plugins(), new Opener(), null, new ModelFolders(List.of()));

    private Diagnosis examine(DoctorRequest request) {
        return Doctor.examine(work, new Diagnostics(demand -> List.of(), List.of(source, new Failing())), request);
    }

    @Test
    void asksEverySourceAndGoesOnWhereOneFails() {
        List<Finding> findings = examine(DoctorRequest.machine()).findings();
        assertEquals(Finding.problem("Failing", "java.lang.UnsatisfiedLinkError: no libx.so", "to be able to look", ""), findings.get(0));
        assertEquals(Finding.ok("source", "is there"), findings.get(1));
        assertEquals(new Demand("", "", 0, 0, 0), source.asked);
    }

    @Test
    void tellsSourcesWhatAModelNeeds() {
        Diagnosis diagnosis = examine(new DoctorRequest("/models/test", "", DType.FLOAT16, "tensorrt"));
        // weights and biases of the two convolutions, the query and the output projection, in two bytes each
        long weights = 2 * (4 * 2 * 9 + 4 + 4 * 4 + 4 * 4 + 4 + 2 * 4 * 9 + 2);
        assertEquals(weights, source.asked.backbone());
        assertEquals(0, source.asked.others());
        // at least the input of the attention and its three values: batch 2, 64 positions of 4 channels
        assertTrue(source.asked.activations() >= 4 * 2 * 2 * 64 * 4, "found " + source.asked.activations());
        Finding model = diagnosis.findings().get(diagnosis.findings().size() - 1);
        assertEquals("/models/test in FLOAT16: weights 0.0 MB, of which unet 0.0 MB; a step about 0.0 MB more at sample [2, 2, 8, 8]", model.found());
    }

    @Test
    void aModelThatCannotBeOpenedIsAProblem() {
        Diagnosis diagnosis = examine(new DoctorRequest("/models/other", "", DType.FLOAT32, ""));
        assertTrue(diagnosis.problems().contains(Finding.problem("model", "/models/other: found no pipeline; expected one",
            "a pipeline that can run here", "see models, presets and plugins")), diagnosis.toString());
    }

    @Test
    void anEngineThatIsAbsentIsAProblemOnlyOfWhoNamesIt() {
        Finding reason = Finding.note("engine tensorrt", "GPU: found no NVIDIA driver; expected one", "", "");
        assertEquals(List.of(Finding.ok("engines", "onnxruntime"), reason), Doctor.engines(List.of("onnxruntime"), ABSENT, ""));
        assertEquals(Finding.problem("engine tensorrt", "GPU: found no NVIDIA driver; expected one", "", ""),
            Doctor.engines(List.of("onnxruntime"), ABSENT, "tensorrt").get(1));
    }

    @Test
    void anEngineThatNobodyKnowsIsInAFeatureOfItsName() {
        assertEquals(List.of(Finding.ok("engines", "onnxruntime"), Finding.problem("engine tensorrt", "no plugin of that name", "one of [onnxruntime]",
            "bin/halftone install halftone-tensorrt-VERSION.kar, or another archive or feature that has it")),
            Doctor.engines(List.of("onnxruntime"), List.of(), "tensorrt"));
        assertEquals("none", Doctor.engines(List.of(), List.of(), "").get(0).found());
    }

    @Test
    void collectsFactsAndAbsences() {
        var diagnostics = new Diagnostics(demand -> List.of(), List.of(source, new Failing()));
        assertEquals(Map.of("library", "1.0", "Failing", "not known: java.lang.UnsatisfiedLinkError: no libx.so"), diagnostics.facts());
        assertEquals(ABSENT, diagnostics.absent());
    }
}
