package io.halftone.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.model.ModelAdapter;
import io.halftone.model.ModelConfig;
import io.halftone.model.ModelSignature;
import io.halftone.model.ModelSignature.Extent;
import io.halftone.model.ModelSignature.Port;
import io.halftone.ops.Dim;
import io.halftone.ops.Role;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;
import io.halftone.ops.Values;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The contract holds for a sound adapter, and each kind of unsound one breaks it. */
class ModelAdapterContractTest extends ModelAdapterContract {
    private static final ModelConfig CONFIG = ModelConfig.of("toy", Map.of());

    @Override
    protected ModelAdapter adapter() {
        return new Toy();
    }

    @Override
    protected ModelConfig config() {
        return CONFIG;
    }

    @Test
    void findsALayerThatRunsTwice() {
        var broken = contract(() -> new Toy() {
            @Override
            <T> T layers(Scope<T> s, T x) {
                return s.linear("second", 4, Role.OUTPUT, s.linear("second", 4, Role.OUTPUT, x));
            }
        });
        assertEquals("block.second runs twice ==> expected: <true> but was: <false>",
            assertThrows(AssertionError.class, broken::runsEachLayerUnderANameOfItsOwn).getMessage());
    }

    @Test
    void findsAnInputThatIsNotRead() {
        var broken = contract(() -> new Toy() {
            @Override
            public <T> Values<T> forward(Scope<T> s, ModelConfig config, Values<T> in) {
                return Values.of("y", s.within("block", b -> layers(b, in.get("x"))));
            }
        });
        assertThrows(AssertionError.class, broken::readsEachOfItsInputs);
    }

    @Test
    void findsAnOutputOfAnotherShape() {
        var broken = contract(() -> new Toy() {
            @Override
            public <T> Values<T> forward(Scope<T> s, ModelConfig config, Values<T> in) {
                return Values.of("y", s.ops().concat(0, List.of(in.get("x"), in.get("shift"))));
            }
        });
        assertThrows(AssertionError.class, broken::givesWhatItsSignaturePromises);
        assertThrows(AssertionError.class, broken::keepsItsPromiseAtEveryExtent);
    }

    @Test
    void findsAParameterWithoutAModule() {
        var broken = contract(() -> new Toy() {
            @Override
            public <T> Values<T> forward(Scope<T> s, ModelConfig config, Values<T> in) {
                return Values.of("y", s.ops().add(in.get("x"), s.parameter("shift", Shape.of(4))));
            }
        });
        assertEquals("parameter name: shift ==> expected: <true> but was: <false>",
            assertThrows(AssertionError.class, broken::namesParametersAsAStateDictDoes).getMessage());
    }

    @Test
    void letsAModelHaveParametersOfItsOwn() {
        new ModelAdapterContract() {
            @Override
            protected ModelAdapter adapter() {
                return new Toy() {
                    @Override
                    public <T> Values<T> forward(Scope<T> s, ModelConfig config, Values<T> in) {
                        return Values.of("y", s.ops().add(in.get("x"), s.parameter("shift", Shape.of(4))));
                    }
                };
            }

            @Override
            protected ModelConfig config() {
                return CONFIG;
            }

            @Override
            protected Set<String> rootParameters() {
                return Set.of("shift");
            }
        }.namesParametersAsAStateDictDoes();
    }

    @Test
    void findsAPassThatDependsOnTheOneBefore() {
        var passes = new int[1];
        var broken = contract(() -> new Toy() {
            @Override
            <T> T layers(Scope<T> s, T x) {
                return s.linear("pass" + passes[0]++, 4, Role.OUTPUT, x);
            }
        });
        assertThrows(AssertionError.class, broken::makesEachPassTheSame);
    }

    private static ModelAdapterContract contract(Supplier<ModelAdapter> adapter) {
        return new ModelAdapterContract() {
            @Override
            protected ModelAdapter adapter() {
                return adapter.get();
            }

            @Override
            protected ModelConfig config() {
                return CONFIG;
            }
        };
    }

    private static class Toy implements ModelAdapter {
        private static final Shape SHAPE = Shape.of(Dim.named("batch_size"), Dim.of(4));

        @Override
        public ModelSignature signature(ModelConfig config) {
            return new ModelSignature(List.of(Port.computed("x", SHAPE), Port.computed("shift", SHAPE)),
                List.of(Port.computed("y", SHAPE)), Map.of("batch_size", new Extent(1, 2, 16)));
        }

        @Override
        public <T> Values<T> forward(Scope<T> s, ModelConfig config, Values<T> in) {
            return Values.of("y", s.ops().add(s.within("block", b -> layers(b, in.get("x"))), in.get("shift")));
        }

        <T> T layers(Scope<T> s, T x) {
            return s.linear("second", 4, Role.OUTPUT, s.linear("first", 8, Role.FEED_FORWARD, x));
        }
    }
}
