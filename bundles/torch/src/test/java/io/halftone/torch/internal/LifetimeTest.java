package io.halftone.torch.internal;

import static io.halftone.torch.internal.Tasks.inTask;
import static io.halftone.torch.internal.Tasks.tensor;
import static io.halftone.torch.internal.Tasks.with;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import io.halftone.ops.Skips;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class LifetimeTest {
    private static final Shape ONE = Shape.of(1);

    @Test
    void regionReleasesTemporariesAndKeepsResults() {
        with(DType.FLOAT32, ops -> {
            List<Tensor> temporaries = new ArrayList<>();
            Tensor result = ops.region("block", () -> {
                Tensor x = tensor(ops, ONE, 2);
                temporaries.add(x);
                return List.of(ops.mul(x, x));
            }).get(0);
            assertTrue(temporaries.get(0).isNull());
            assertArrayEquals(new float[] {4}, ops.toFloats(result));
        });
    }

    @Test
    void resultLivesAsLongAsTheRegionAround() {
        with(DType.FLOAT32, ops -> {
            List<Tensor> results = new ArrayList<>();
            ops.region("outer", () -> {
                Tensor inner = ops.region("inner", () -> List.of(tensor(ops, ONE, 3))).get(0);
                results.add(inner);
                return List.of(ops.add(inner, inner));
            });
            assertTrue(results.get(0).isNull());
        });
    }

    @Test
    void valueOfAnOuterRegionMayPassThroughAnInnerOne() {
        with(DType.FLOAT32, ops -> {
            Tensor x = tensor(ops, ONE, 5);
            List<Tensor> twice = ops.region("same", () -> List.of(x, x));
            assertSame(x, twice.get(1));
            assertArrayEquals(new float[] {5}, ops.toFloats(x));
            assertEquals(1, x.referenceCount());
        });
    }

    @Test
    void regionThatFailsReleasesWhatItMade() {
        with(DType.FLOAT32, ops -> {
            List<Tensor> made = new ArrayList<>();
            assertThrows(IllegalStateException.class, () -> ops.region("block", () -> {
                made.add(tensor(ops, ONE, 1));
                throw new IllegalStateException("stop");
            }));
            assertTrue(made.get(0).isNull());
        });
    }

    @Test
    void adoptedValueEndsWithTheRegionThatAdoptsIt() {
        with(DType.FLOAT32, ops -> {
            Tensor skip = ops.region("down", () -> List.of(tensor(ops, ONE, 7))).get(0);
            ops.region("up", () -> {
                assertSame(skip, ops.adopt(skip));
                assertArrayEquals(new float[] {7}, ops.toFloats(skip));
                return List.of(tensor(ops, ONE, 1));
            });
            assertTrue(skip.isNull());
        });
    }

    @Test
    void adoptedValueMayBeAResult() {
        with(DType.FLOAT32, ops -> {
            Tensor skip = tensor(ops, ONE, 7);
            Tensor result = ops.region("up", () -> List.of(ops.adopt(skip))).get(0);
            assertArrayEquals(new float[] {7}, ops.toFloats(result));
        });
    }

    @Test
    void adoptionWhereTheValueIsChangesNothing() {
        with(DType.FLOAT32, ops -> {
            Tensor x = tensor(ops, ONE, 7);
            ops.adopt(x);
            assertArrayEquals(new float[] {7}, ops.toFloats(x));
            assertEquals(1, x.referenceCount());
        });
    }

    /** 16 values of 32 MiB go down and up again; had the skips lived to the end of the task, all 512 MiB would be resident. */
    @Test
    void memoryOfSkipValuesIsGivenBackOnTheWayUp() {
        with(DType.FLOAT32, ops -> {
            long before = Pointer.physicalBytes();
            var skips = new Skips<>(ops);
            for (int i = 0; i < 16; i++) {
                int level = i;
                skips.push(ops.region("down." + i, () -> List.of(mebibytes(ops, 32, level))).get(0));
            }
            long down = Pointer.physicalBytes() - before;
            while (!skips.isEmpty()) {
                ops.region("up", () -> List.of(ops.amax(skips.pop())));
            }
            long up = Pointer.physicalBytes() - before;
            assertTrue(down > 400L << 20, "resident after the way down: " + (down >> 20) + " MiB");
            assertTrue(up < 100L << 20, "resident after the way up: " + (up >> 20) + " MiB");
        });
    }

    private static Tensor mebibytes(EagerOps<Tensor> ops, int n, double value) {
        return ops.add(ops.expand(tensor(ops, ONE, value), Shape.of((long) n << 18)), ops.constant(1, DType.FLOAT32));
    }

    @Test
    void everythingEndsWithTheTask() {
        List<Tensor> made = new ArrayList<>();
        List<EagerOps.Cell<Tensor>> cells = new ArrayList<>();
        inTask(context -> {
            var ops = context.ops(new Tasks.Checkpoint(Map.of()), DType.FLOAT32);
            made.add(tensor(ops, ONE, 1));
            made.add(tensor(ops, ONE, 2));
            cells.add(ops.cell());
            cells.get(0).set(made.get(1));
        });
        assertTrue(made.get(0).isNull());
        assertTrue(made.get(1).isNull());
        assertTrue(cells.get(0).isEmpty());
    }

    @Test
    void tasksLeaveNoPointers() {
        long[] counts = new long[3];
        for (int i = 0; i < counts.length; i++) {
            inTask(context -> {
                var ops = context.ops(new Tasks.Checkpoint(Map.of()), DType.FLOAT16);
                Tensor x = context.generator(1).normal(Shape.of(4, 4));
                ops.cell().set(ops.quantize(x, DType.INT8, ops.constant(0.1, DType.FLOAT32), 0));
                ops.toFloats(ops.rmsNorm(x, ops.reshape(ops.slice(x, 0, 0, 1), Shape.of(4)), 1e-6));
            });
            counts[i] = Pointer.totalCount();
        }
        assertEquals(counts[1], counts[2]);
    }

    @Test
    void cellKeepsItsValueBeyondTheRegion() {
        with(DType.FLOAT32, ops -> {
            EagerOps.Cell<Tensor> cell = ops.cell();
            assertTrue(cell.isEmpty());
            ops.region("block", () -> {
                cell.set(tensor(ops, ONE, 9));
                return List.of();
            });
            assertFalse(cell.isEmpty());
            assertArrayEquals(new float[] {9}, ops.toFloats(cell.get()));
        });
    }

    @Test
    void cellReleasesTheValueBefore() {
        with(DType.FLOAT32, ops -> {
            EagerOps.Cell<Tensor> cell = ops.cell();
            List<Tensor> values = new ArrayList<>();
            for (double value : new double[] {1, 2}) {
                ops.region("", () -> {
                    values.add(tensor(ops, ONE, value));
                    cell.set(values.get(values.size() - 1));
                    cell.set(cell.get());
                    return List.of();
                });
            }
            assertTrue(values.get(0).isNull());
            assertArrayEquals(new float[] {2}, ops.toFloats(cell.get()));
            cell.close();
            assertTrue(values.get(1).isNull());
        });
    }

    @Test
    void emptyCellHasNoValueToGive() {
        with(DType.FLOAT32, ops -> {
            var e = assertThrows(IllegalStateException.class, () -> ops.cell().get());
            assertEquals("cell: found no value; expected one to be set before", e.getMessage());
        });
    }

    @Test
    void regionOutsideOfATaskIsRefused() {
        List<EagerOps<Tensor>> escaped = new ArrayList<>();
        with(DType.FLOAT32, escaped::add);
        var e = assertThrows(IllegalStateException.class, () -> escaped.get(0).region("late", List::of));
        assertEquals("thread " + Thread.currentThread().getName() + ": found no task; expected one to run", e.getMessage());
    }

    @Test
    void magnitudeOfTheSameTensorIsFoundOnceAsLongAsItLives() {
        with(DType.FLOAT32, ops -> {
            Tensor x = tensor(ops, Shape.of(2), -3, 2);
            EagerOps.Cell<Tensor> first = ops.cell();
            EagerOps.Cell<Tensor> second = ops.cell();
            for (EagerOps.Cell<Tensor> cell : List.of(first, second)) {
                ops.region("", () -> {
                    cell.set(ops.magnitude(x));
                    return List.of();
                });
            }
            assertSame(first.get(), second.get());
            first.close();
            assertArrayEquals(new float[] {3}, ops.toFloats(second.get()));
            Tensor before = second.get();
            second.close();
            assertTrue(before.isNull());
            assertArrayEquals(new float[] {3}, ops.toFloats(ops.magnitude(x)));
            assertArrayEquals(new float[] {5}, ops.toFloats(ops.magnitude(tensor(ops, ONE, -5))));
        });
    }

    @Test
    void magnitudeFoundAgainLivesInItsOwnRegion() {
        with(DType.FLOAT32, ops -> {
            Tensor x = tensor(ops, ONE, -7);
            Tensor outer = ops.magnitude(x);
            ops.region("", () -> {
                ops.adopt(ops.magnitude(x));
                return List.of();
            });
            assertArrayEquals(new float[] {7}, ops.toFloats(outer));
        });
    }

    @Test
    void constantsAreMadeOnceForATask() {
        with(DType.FLOAT32, ops -> {
            List<Tensor> made = new ArrayList<>();
            for (int pass = 0; pass < 2; pass++) {
                ops.region("", () -> {
                    made.add(ops.constant(0.5, DType.FLOAT32));
                    made.add(ops.constant(new float[] {1, 2}, Shape.of(2), DType.FLOAT32));
                    return List.of();
                });
            }
            assertSame(made.get(0), made.get(2));
            assertSame(made.get(1), made.get(3));
            assertArrayEquals(new float[] {1, 2}, ops.toFloats(made.get(3)));
            assertArrayEquals(new float[] {-0.0f}, ops.toFloats(ops.constant(-0.0, DType.FLOAT32)));
            assertArrayEquals(new float[] {0}, ops.toFloats(ops.constant(0.0, DType.FLOAT32)));
            assertEquals(DType.FLOAT16, ops.dtype(ops.constant(0.5, DType.FLOAT16)));
        });
    }

    @Test
    void largestOfManyKeepsNaNAndNegativeNumbers() {
        with(DType.FLOAT32, ops -> {
            Tensor a = tensor(ops, Shape.of(3), -1, 4, 1);
            Tensor b = tensor(ops, Shape.of(3), -2, 3, Double.NaN);
            Tensor c = tensor(ops, Shape.of(3), -3, 5, 2);
            assertArrayEquals(new float[] {-1, 5, Float.NaN}, ops.toFloats(ops.maximum(List.of(a, b, c))));
            assertArrayEquals(new float[] {-1, 4, 1}, ops.toFloats(ops.maximum(List.of(a))));
        });
    }
}
