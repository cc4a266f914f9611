package ${package};

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.model.ModelAdapter;
import io.halftone.model.ModelConfig;
import io.halftone.ops.DType;
import io.halftone.ops.Layer;
import io.halftone.ops.Role;
import io.halftone.ops.Shape;
import io.halftone.testkit.CheckpointFiles;
import io.halftone.testkit.ModelAdapterContract;
import io.halftone.testkit.ShapePass;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ${architecture}AdapterTest extends ModelAdapterContract {
    @Override
    protected ModelAdapter adapter() {
        return new ${architecture}Adapter();
    }

    @Override
    protected ModelConfig config() {
        return CheckpointFiles.config(getClass(), "config.json");
    }

    @Test
    void servesTheArchitectureOfItsConfiguration() {
        assertEquals("${architecture}", config().className());
    }

    @Test
    void saysWhatEachLayerIsFor() {
        Map<Role, Long> byRole = pass().layers().stream().collect(Collectors.groupingBy(Layer::role, Collectors.counting()));
        assertEquals(Map.of(Role.INPUT, 1L, Role.EMBEDDING, 4L, Role.CONVOLUTION, 4L, Role.QKV, 6L, Role.ATTENTION, 2L,
            Role.ATTENTION_OUTPUT, 2L, Role.OUTPUT, 1L), byRole);
    }

    @Test
    void asksForParametersByTheNamesOfTheStateDict() {
        Map<String, Shape> parameters = pass().parameters();
        assertEquals(Shape.of(32, 4, 3, 3), parameters.get("conv_in.weight"));
        assertEquals(Shape.of(128, 32), parameters.get("time_embedding.linear_1.weight"));
        assertEquals(Shape.of(32, 64), parameters.get("attentions.1.to_k.weight"));
        assertEquals(50, parameters.size());
    }

    private ShapePass pass() {
        return ShapePass.symbolic(adapter(), config(), DType.FLOAT32);
    }
}
