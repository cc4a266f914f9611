package ${package};

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.ops.Layer;
import io.halftone.ops.Role;
import io.halftone.quant.LevelPolicy;
import io.halftone.quant.QuantLevel;
import io.halftone.quant.Slot;
import io.halftone.testkit.LevelPolicyContract;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ${className}PolicyTest extends LevelPolicyContract {
    private final LevelPolicy policy = new ${className}Policy();

    @Override
    protected LevelPolicy policy() {
        return policy;
    }

    @ParameterizedTest
    @CsvSource({"1024, 1024, 1 2 3", "1024, 1023, 2 3", "128, 128, 2 3", "128, 127, 3", "1, 1, 3"})
    void linearLayersCountBySize(long in, long out, String levels) {
        assertEquals(levels, chosenAt(new Layer.Linear("any.name", Role.QKV, in, out, true)));
    }

    @Test
    void convolutionsCountTheirKernel() {
        assertEquals("1 2 3", chosenAt(new Layer.Conv("any.name", Role.CONVOLUTION, 320, 512, 3, 1, 1, true)));
        assertEquals("2 3", chosenAt(new Layer.Conv("any.name", Role.CONVOLUTION, 320, 512, 1, 1, 0, true)));
    }

    @ParameterizedTest
    @CsvSource({"EMBEDDING", "INPUT", "OUTPUT"})
    void whatIsSensitiveStaysAsItIs(Role role) {
        assertEquals("", chosenAt(new Layer.Linear("any.name", role, 4096, 4096, true)));
    }

    @Test
    void inputAndWeightAreBothQuantized() {
        Layer layer = new Layer.Linear("any.name", Role.QKV, 64, 64, true);
        assertEquals(Set.of(Slot.INPUT, Slot.WEIGHT), policy.slots(new QuantLevel("3"), layer));
    }

    private String chosenAt(Layer layer) {
        return policy.levels().stream().filter(level -> !policy.slots(level, layer).isEmpty()).map(QuantLevel::name)
            .collect(Collectors.joining(" "));
    }
}
