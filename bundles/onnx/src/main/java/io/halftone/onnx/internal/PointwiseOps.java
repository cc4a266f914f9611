package io.halftone.onnx.internal;

import io.halftone.ops.Ops;
import io.halftone.ops.shape.Meta;
import io.halftone.ops.shape.ShapeOps;
import java.util.List;

/** The operations on elements one by one that are an operator of ONNX each. */
interface PointwiseOps extends Ops<OnnxValue> {
    /** What says the results' shapes and types. */
    ShapeOps shapes();

    /** What an operator without attributes gives. */
    OnnxValue node(Meta meta, String operator, List<OnnxValue> inputs);

    @Override
    default OnnxValue add(OnnxValue a, OnnxValue b) {
        return node(shapes().add(a.meta(), b.meta()), "Add", List.of(a, b));
    }

    @Override
    default OnnxValue sub(OnnxValue a, OnnxValue b) {
        return node(shapes().sub(a.meta(), b.meta()), "Sub", List.of(a, b));
    }

    @Override
    default OnnxValue mul(OnnxValue a, OnnxValue b) {
        return node(shapes().mul(a.meta(), b.meta()), "Mul", List.of(a, b));
    }

    @Override
    default OnnxValue div(OnnxValue a, OnnxValue b) {
        return node(shapes().div(a.meta(), b.meta()), "Div", List.of(a, b));
    }

    @Override
    default OnnxValue equal(OnnxValue a, OnnxValue b) {
        return node(shapes().equal(a.meta(), b.meta()), "Equal", List.of(a, b));
    }

    @Override
    default OnnxValue sin(OnnxValue x) {
        return node(x.meta(), "Sin", List.of(x));
    }

    @Override
    default OnnxValue cos(OnnxValue x) {
        return node(x.meta(), "Cos", List.of(x));
    }

    @Override
    default OnnxValue exp(OnnxValue x) {
        return node(x.meta(), "Exp", List.of(x));
    }

    @Override
    default OnnxValue sqrt(OnnxValue x) {
        return node(x.meta(), "Sqrt", List.of(x));
    }

    @Override
    default OnnxValue tanh(OnnxValue x) {
        return node(x.meta(), "Tanh", List.of(x));
    }

    @Override
    default OnnxValue sigmoid(OnnxValue x) {
        return node(x.meta(), "Sigmoid", List.of(x));
    }

    /** No operator of opset 19 has it. */
    @Override
    default OnnxValue silu(OnnxValue x) {
        return mul(x, sigmoid(x));
    }
}
