package io.halftone.torch.internal;

import static io.halftone.torch.internal.Tasks.inTask;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** When a pass is recorded, replayed and given up, on a device that records by keeping the body. */
class RecordedPassTest {
    private final List<String> events = new ArrayList<>();
    private final HostGate gate = new HostGate();
    /** What the device says to the next thing it is asked for; empty: it does it. */
    private String refusal = "";
    /** What the last recording writes anew. */
    private List<Tensor> made = List.of();

    /** Writes anew into what the body made at first, as a graph does. */
    private final class Kept implements Recording {
        private final Supplier<List<Tensor>> body;
        private final List<Tensor> results;

        Kept(Supplier<List<Tensor>> body) {
            this.body = body;
            results = body.get();
            results.forEach(Tensor::retainReference);
            made = results;
        }

        @Override
        public void launch() {
            events.add("launch");
            expectNoRefusal();
            try (var temporaries = new Lifetime()) {
                List<Tensor> now = body.get();
                for (int i = 0; i < results.size(); i++) {
                    results.get(i).copy_(now.get(i));
                }
            }
        }

        @Override
        public List<Tensor> results() {
            return results;
        }

        @Override
        public void release() {
            events.add("release");
            results.forEach(Tensor::releaseReference);
        }
    }

    private Recording record(Supplier<List<Tensor>> body) {
        events.add("record");
        expectNoRefusal();
        return new Kept(body);
    }

    private void expectNoRefusal() {
        if (!refusal.isEmpty()) {
            String reason = refusal;
            refusal = "";
            throw new IllegalStateException(reason);
        }
    }

    private static EagerOps<Tensor> ops(TorchContext context) {
        return context.ops(new Tasks.Checkpoint(Map.of()), DType.FLOAT32);
    }

    /** Twice its input, which says that it was called. */
    private RecordedPass doubling(TorchContext context) {
        EagerOps<Tensor> ops = ops(context);
        return new RecordedPass(this::record, context.residency(), gate, inputs -> {
            events.add("pass");
            return ops.region("", () -> List.of(ops.add(inputs.get(0), inputs.get(0))));
        });
    }

    private static float run(TorchContext context, RecordedPass pass, float x) {
        return HostMemory.floats(pass.run(List.of(of(context, x))).get(0))[0];
    }

    private static Tensor of(TorchContext context, float x) {
        return ops(context).constant(new float[] {x}, Shape.of(1), DType.FLOAT32);
    }

    @Test
    void runsThenRecordsThenReplays() {
        inTask(context -> {
            RecordedPass pass = doubling(context);
            for (int x = 1; x < 5; x++) {
                assertEquals(2 * x, run(context, pass, x));
            }
            assertEquals(List.of("pass", "record", "pass", "launch", "pass", "launch", "pass", "launch", "pass"), events);
        });
    }

    @Test
    void resultsOutliveTheNextRun() {
        inTask(context -> {
            RecordedPass pass = doubling(context);
            List<Tensor> found = new ArrayList<>();
            for (int x = 1; x < 5; x++) {
                found.addAll(pass.run(List.of(of(context, x))));
            }
            for (int x = 1; x < 5; x++) {
                assertArrayEquals(new float[] {2 * x}, HostMemory.floats(found.get(x - 1)));
            }
        });
    }

    @Test
    void aPassThatCannotBeRecordedIsRunAsItIs() {
        inTask(context -> {
            RecordedPass pass = doubling(context);
            run(context, pass, 1);
            refusal = "end of capture: found CUDA error 901; expected success";
            assertEquals(4, run(context, pass, 2));
            assertEquals(6, run(context, pass, 3));
            assertEquals(List.of("pass", "record", "pass", "pass"), events);
        });
    }

    @Test
    void aRecordingThatIsNotTakenIsGivenUp() {
        inTask(context -> {
            RecordedPass pass = doubling(context);
            run(context, pass, 1);
            run(context, pass, 2);
            events.clear();
            refusal = "graph: found CUDA error 2, out of memory; expected success";
            assertEquals(6, run(context, pass, 3));
            assertEquals(8, run(context, pass, 4));
            assertEquals(List.of("launch", "release", "pass", "pass"), events);
        });
    }

    @Test
    void givesWayOnceAndForGood() {
        inTask(context -> {
            RecordedPass pass = doubling(context);
            run(context, pass, 1);
            assertFalse(pass.giveWay(), "nothing is recorded yet");
            run(context, pass, 2);
            Tensor result = made.get(0);
            events.clear();
            assertTrue(pass.giveWay());
            assertFalse(pass.giveWay());
            assertTrue(result.isNull());
            assertEquals(6, run(context, pass, 3));
            assertEquals(List.of("release", "pass"), events);
        });
    }

    @Test
    void aPassWhoseParametersLeaveIsNotReplayed() {
        inTask(context -> {
            EagerOps<Tensor> ops = context.ops(ResidencyTest.checkpoint(), DType.FLOAT32);
            RecordedPass pass = new RecordedPass(this::record, context.residency(), gate, inputs -> {
                events.add("pass");
                return ops.region("", () -> List.of(ops.add(inputs.get(0), ops.slice(ops.parameter("2.weight", Shape.of(75_000)), 0, 0, 1))));
            });
            assertEquals(4, run(context, pass, 1));
            assertEquals(5, run(context, pass, 2));
            ops.releaseParameters();
            events.clear();
            assertEquals(6, run(context, pass, 3));
            assertEquals(List.of("release", "pass"), events);
        });
    }

    @Test
    void whatComesFromTheHostIsRefusedWhileRecordedAlone() {
        inTask(context -> {
            EagerOps<Tensor> ops = ops(context);
            var generator = context.generator(3);
            RecordedPass pass = new RecordedPass(this::record, context.residency(), context.gate(), inputs -> {
                generator.normal(Shape.of(1));
                return ops.region("", () -> List.of(ops.add(inputs.get(0), inputs.get(0))));
            });
            for (int x = 1; x < 5; x++) {
                assertEquals(2 * x, run(context, pass, x));
            }
            assertEquals(List.of("record"), events);
        });
    }

    @Test
    void refusesInputsOfAnotherForm() {
        inTask(context -> {
            RecordedPass pass = doubling(context);
            run(context, pass, 1);
            run(context, pass, 2);
            Tensor two = ops(context).constant(new float[] {1, 2}, Shape.of(2), DType.FLOAT32);
            var e = assertThrows(IllegalArgumentException.class, () -> pass.run(List.of(two)));
            assertEquals("inputs of a recorded pass: found [FLOAT32 [2]]; expected [FLOAT32 [1]]", e.getMessage());
        });
    }

    /** What fails to be released, as on a device that has failed, keeps nothing else from it. */
    @Test
    void allIsReleasedWhateverFails() {
        List<String> released = new ArrayList<>();
        var e = assertThrows(IllegalStateException.class, () -> inTask(context -> {
            context.atEnd(() -> released.add("first"));
            context.atEnd(() -> {
                throw new IllegalStateException("second");
            });
            context.atEnd(() -> {
                throw new IllegalStateException("third");
            });
        }));
        assertEquals("third", e.getMessage());
        assertEquals("second", e.getSuppressed()[0].getMessage());
        assertEquals(List.of("first"), released);
    }
}
