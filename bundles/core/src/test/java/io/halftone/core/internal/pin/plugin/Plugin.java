package io.halftone.core.internal.pin.plugin;

import io.halftone.core.internal.pin.part.Part;
import io.halftone.ops.DType;
import io.halftone.ops.Layer;
import io.halftone.ops.Shape;
import io.halftone.quant.LevelPolicy;
import io.halftone.quant.QuantLevel;
import io.halftone.quant.Slot;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/** A plugin that touches nothing of its bundle before it is told to. */
public final class Plugin implements LevelPolicy, Function<String, String> {
    @Override
    public List<QuantLevel> levels() {
        return List.of();
    }

    @Override
    public Set<Slot> slots(QuantLevel level, Layer layer) {
        return Set.of();
    }

    @Override
    public String apply(String what) {
        return switch (what) {
            case "class" -> Late.words();
            case "lambda" -> Lambdas.words();
            case "record" -> new Pair(1, "x").toString();
            case "api" -> Imported.words();
            case "part" -> Part.words();
            default -> Resources.read(what);
        };
    }

    static final class Late {
        static {
            System.setProperty("halftone.test.late", "initialized");
        }

        private Late() {}

        static String words() {
            return "late";
        }
    }

    static final class Lambdas {
        private Lambdas() {}

        static String words() {
            BiFunction<Shape, Result, String> lambda = (shape, result) -> shape.rank() + result.words();
            return "lambda " + lambda.apply(Shape.of(2, 3), new Result("x"));
        }
    }

    record Result(String words) {}

    record Pair(int first, String second) {}

    static final class Imported {
        private Imported() {}

        static String words() {
            return DType.BFLOAT16.name();
        }
    }

    static final class Resources {
        private Resources() {}

        static String read(String name) {
            try (InputStream in = Plugin.class.getResourceAsStream(name)) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
