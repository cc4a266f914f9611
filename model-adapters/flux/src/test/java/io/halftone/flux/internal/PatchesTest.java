package io.halftone.flux.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import io.halftone.testkit.Tensors;
import org.junit.jupiter.api.Test;

class PatchesTest {
    /** Two channels of two rows of four latents. */
    private static final float[] LATENTS = {0, 1, 2, 3, 10, 11, 12, 13, 100, 101, 102, 103, 110, 111, 112, 113};

    @Test
    void putsTheLatentsOfASquareTogetherChannelByChannel() {
        assertArrayEquals(new float[] {0, 1, 10, 11, 100, 101, 110, 111, 2, 3, 12, 13, 102, 103, 112, 113}, packed(false));
    }

    @Test
    void takesThemApartAgain() {
        assertArrayEquals(LATENTS, packed(true));
    }

    @Test
    void placesTokensRowByRow() {
        float[] places = Tensors.run(DType.FLOAT32, new Tensors.Work<>() {
            @Override
            public <T> float[] with(EagerOps<T> ops) {
                return ops.toFloats(Patches.places(ops, 2, 3));
            }
        });
        assertArrayEquals(new float[] {0, 0, 0, 0, 0, 1, 0, 0, 2, 0, 1, 0, 0, 1, 1, 0, 1, 2}, places);
    }

    private static float[] packed(boolean andBack) {
        return Tensors.run(DType.FLOAT32, new Tensors.Work<>() {
            @Override
            public <T> float[] with(EagerOps<T> ops) {
                Shape map = Shape.of(1, 2, 2, 4);
                T tokens = Patches.pack(ops, ops.constant(LATENTS, map, DType.FLOAT32));
                return ops.toFloats(andBack ? Patches.unpack(ops, tokens, map) : tokens);
            }
        });
    }
}
