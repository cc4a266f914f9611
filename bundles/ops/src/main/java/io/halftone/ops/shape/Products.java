package io.halftone.ops.shape;

import static io.halftone.ops.shape.Rules.broadcast;
import static io.halftone.ops.shape.Rules.require;
import static io.halftone.ops.shape.Rules.sameType;

import io.halftone.ops.Dim;
import io.halftone.ops.Layer;
import io.halftone.ops.Shape;

/** What comes of operations that sum products: of matrices, convolutions and attention. */
final class Products {
    private Products() {}

    static Meta matmul(Meta a, Meta b) {
        sameType("matmul", a, b);
        require(a.shape().rank() >= 2 && a.shape().rank() == b.shape().rank(), "matmul", b.shape(), "the rank of " + a.shape());
        require(a.shape().dim(-1).equals(b.shape().dim(-2)), "matmul", b.shape(), a.shape().dim(-1) + " rows");
        Shape shape = a.shape();
        for (int i = 0; i < shape.rank() - 2; i++) {
            shape = shape.with(i, broadcast("matmul", a.shape().dim(i), b.shape().dim(i)));
        }
        return new Meta(shape.with(-1, b.shape().dim(-1)), a.dtype());
    }

    static Meta linear(Meta x, Meta weight) {
        sameType("linear", x, weight);
        require(weight.shape().rank() == 2 && x.shape().dim(-1).equals(weight.shape().dim(1)), "linear weight", weight.shape(),
            "(out, " + x.shape().dim(-1) + ")");
        return new Meta(x.shape().with(-1, weight.shape().dim(0)), x.dtype());
    }

    static Meta linear(Meta x, Meta weight, Meta bias) {
        require(bias.shape().equals(Shape.of(weight.shape().dim(0))), "linear bias", bias.shape(), weight.shape().dim(0));
        return linear(x, weight);
    }

    static Meta conv(Meta x, Meta weight, Meta bias, Layer.Conv geometry) {
        require(bias.shape().equals(Shape.of(geometry.out())), geometry.name() + ".bias", bias.shape(), geometry.out());
        return conv(x, weight, geometry);
    }

    static Meta conv(Meta x, Meta weight, Layer.Conv g) {
        sameType(g.name(), x, weight);
        require(x.shape().rank() == 4 && x.shape().dim(1).equals(Dim.of(g.in())), g.name(), x.shape(), g.in() + " channels");
        require(weight.shape().equals(g.weightShape()), g.name() + ".weight", weight.shape(), g.weightShape());
        return new Meta(Shape.of(x.shape().dim(0), Dim.of(g.out()), extent(x.shape().dim(2), g), extent(x.shape().dim(3), g)), x.dtype());
    }

    private static Dim extent(Dim in, Layer.Conv g) {
        return in.plus(2L * g.padding() - g.kernel()).floorDiv(g.stride()).plus(1);
    }

    static Meta attention(Meta q, Meta k, Meta v) {
        sameType("attention", q, k);
        sameType("attention", q, v);
        require(q.shape().rank() == 4 && k.shape().rank() == 4 && v.shape().rank() == 4, "attention", q.shape(), "rank 4");
        require(q.shape().dim(3).equals(k.shape().dim(3)), "attention keys", k.shape(), "head size " + q.shape().dim(3));
        require(k.shape().dim(2).equals(v.shape().dim(2)), "attention values", v.shape(), k.shape().dim(2) + " tokens");
        return new Meta(q.shape().with(3, v.shape().dim(3)), q.dtype());
    }
}
