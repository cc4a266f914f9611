package io.halftone.torch.internal;

import io.halftone.ops.DType;
import io.halftone.ops.Generator;
import io.halftone.ops.Shape;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/** libtorch's Mersenne twister: the draws of {@code torch.randn(shape, generator=torch.Generator("cpu").manual_seed(seed))}. */
final class TorchGenerator implements Generator<Tensor> {
    private final org.bytedeco.pytorch.Generator generator;
    private final Place place;
    private final HostGate gate;

    TorchGenerator(long seed, Place place, HostGate gate) {
        this.place = place;
        this.gate = gate;
        generator = torch.make_generator_cpu(seed);
        generator.retainReference();   // it may be made in a region and used after it
    }

    @Override
    public Tensor normal(Shape shape) {
        gate.enter("a draw");
        return place.bring(torch.randn(shape.sizes(), new GeneratorOptional(generator), new TensorOptions(Types.of(DType.FLOAT32))));
    }

    void release() {
        generator.releaseReference();
    }
}
