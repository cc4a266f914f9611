package io.halftone.torch.internal;

import io.halftone.ops.DType;
import io.halftone.ops.Shape;
import io.halftone.ops.TensorView;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/** Operations over the parameters of one component: where values come from, how long they live, how they leave. */
final class TorchOps extends TorchLayers {
    private final TorchContext context;
    private final ParameterStore parameters;
    private final DType computeType;

    TorchOps(TorchContext context, ParameterStore parameters, DType computeType) {
        this.context = context;
        this.parameters = parameters;
        this.computeType = computeType;
    }

    @Override
    Place place() {
        return context.place();
    }

    @Override
    Arguments arguments() {
        return context.arguments();
    }

    @Override
    Constants constants() {
        return context.constants();
    }

    @Override
    public DType computeType() {
        return computeType;
    }

    @Override
    public Tensor parameter(String name, Shape shape) {
        return parameters.parameter(name, shape);
    }

    @Override
    public void releaseParameters() {
        arguments().release();
        parameters.release();
    }

    @Override
    public List<Tensor> region(String name, Supplier<List<Tensor>> body) {
        Lifetime outer = Lifetime.innermost();
        try (var temporaries = new Lifetime()) {
            List<Tensor> results = List.copyOf(body.get());
            results.forEach(t -> temporaries.move(t, outer));
            return results;
        } catch (RuntimeException e) {
            throw name.isEmpty() ? e : NativeError.in(name, e);
        }
    }

    @Override
    public Tensor adopt(Tensor x) {
        Lifetime.of(x).ifPresent(holder -> holder.move(x, Lifetime.innermost()));
        return x;
    }

    @Override
    public Replay<Tensor> replay(UnaryOperator<List<Tensor>> body) {
        return context.replay(inputs -> region("", () -> body.apply(inputs)));
    }

    @Override
    public boolean isRecording() {
        return context.isRecording();
    }

    @Override
    public boolean releaseRecordings() {
        return context.releaseRecordings();
    }

    @Override
    public void await() {
        place().await();
    }

    @Override
    public Cell<Tensor> cell() {
        return context.cell();
    }

    @Override
    public Tensor load(TensorView view) {
        context.gate().enter("a tensor");
        return place().load(view);
    }

    @Override
    public TensorView view(Tensor x) {
        if (x.is_contiguous()) {
            return place().view(x);
        }
        Tensor contiguous = x.contiguous();
        // it must live as long as x
        Lifetime.of(x).ifPresent(holder -> Lifetime.innermost().move(contiguous, holder));
        return place().view(contiguous);
    }

    @Override
    public TensorView copy(Tensor x) {
        return HostMemory.copy(x);
    }

    @Override
    public long[] toLongs(Tensor x) {
        return HostMemory.longs(x);
    }

    @Override
    public float[] toFloats(Tensor x) {
        return HostMemory.floats(x);
    }
}
