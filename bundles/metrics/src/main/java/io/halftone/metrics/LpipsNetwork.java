package io.halftone.metrics;

import io.halftone.ops.CheckpointException;
import io.halftone.ops.Parameters;
import io.halftone.ops.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A network that LPIPS distances are measured with. Parameter names are those of the state dict of {@code lpips.LPIPS(net="alex")},
 * {@code "vgg"} or {@code "squeeze"}, of the package lpips 0.1: {@code net.slice1.0.weight} ... for the convolutions, and
 * {@code lin0.model.1.weight} ... for the weights of each layer's channels. Other entries of the state dict are left aside.
 */
public enum LpipsNetwork {
    /** AlexNet, as torchvision has it. */
    ALEX("AlexNet", List.of(conv("net.slice1.0", 3, 64, 11, 4, 2), Step.SEEN, Step.POOL, conv("net.slice2.3", 64, 192, 5, 1, 2), Step.SEEN,
        Step.POOL,
        conv("net.slice3.6", 192, 384, 3, 1, 1), Step.SEEN, conv("net.slice4.8", 384, 256, 3, 1, 1), Step.SEEN,
        conv("net.slice5.10", 256, 256, 3, 1, 1), Step.SEEN)),
    /** VGG-16, as torchvision has it. */
    VGG("VGG-16", List.of(conv("net.slice1.0", 3, 64, 3, 1, 1), conv("net.slice1.2", 64, 64, 3, 1, 1), Step.SEEN, Step.HALVE,
        conv("net.slice2.5", 64, 128, 3, 1, 1), conv("net.slice2.7", 128, 128, 3, 1, 1), Step.SEEN, Step.HALVE,
        conv("net.slice3.10", 128, 256, 3, 1, 1), conv("net.slice3.12", 256, 256, 3, 1, 1), conv("net.slice3.14", 256, 256, 3, 1, 1),
        Step.SEEN,
        Step.HALVE, conv("net.slice4.17", 256, 512, 3, 1, 1), conv("net.slice4.19", 512, 512, 3, 1, 1), conv("net.slice4.21", 512, 512, 3,
        1, 1),
        Step.SEEN, Step.HALVE, conv("net.slice5.24", 512, 512, 3, 1, 1), conv("net.slice5.26", 512, 512, 3, 1, 1),
        conv("net.slice5.28", 512, 512, 3, 1, 1), Step.SEEN)),
    /** SqueezeNet 1.1, as torchvision has it. */
    SQUEEZE("SqueezeNet 1.1", List.of(conv("net.slice1.0", 3, 64, 3, 2, 0), Step.SEEN, Step.POOL_CEILING, fire("net.slice2.3", 64, 16, 64),
        fire("net.slice2.4", 128, 16, 64), Step.SEEN, Step.POOL_CEILING, fire("net.slice3.6", 128, 32, 128), fire("net.slice3.7", 256, 32,
        128),
        Step.SEEN, Step.POOL_CEILING, fire("net.slice4.9", 256, 48, 192), Step.SEEN, fire("net.slice5.10", 384, 48, 192), Step.SEEN,
        fire("net.slice6.11", 384, 64, 256), Step.SEEN, fire("net.slice7.12", 512, 64, 256), Step.SEEN));

    private final String title;
    private final List<Step> steps;

    LpipsNetwork(String title, List<Step> steps) {
        this.title = title;
        this.steps = steps;
    }

    /** A step of the pass. */
    sealed interface Step {
        /** The distance looks at what is here. */
        Step SEEN = new Plain();
        /** The largest of 3x3, every second one, as far as windows lie inside. */
        Step POOL = new Pool(3, false);
        /** The largest of 3x3, every second one; the last window may reach over the edge. */
        Step POOL_CEILING = new Pool(3, true);
        /** The largest of 2x2, side by side. */
        Step HALVE = new Pool(2, false);
    }

    /** No arithmetic. */
    record Plain() implements Step {}

    /** The largest of a window of that extent, at every second place. */
    record Pool(int extent, boolean ceiling) implements Step {}

    /** A convolution with bias, and ReLU. */
    record Conv(String name, int in, int out, int kernel, int stride, int padding) implements Step {}

    /** A convolution of 1x1, and behind it one of 1x1 and one of 3x3 side by side, each with ReLU. */
    record Fire(Conv squeeze, Conv one, Conv three) implements Step {}

    private static Step conv(String name, int in, int out, int kernel, int stride, int padding) {
        return new Conv(name, in, out, kernel, stride, padding);
    }

    private static Step fire(String name, int in, int squeezed, int expanded) {
        return new Fire(new Conv(name + ".squeeze", in, squeezed, 1, 1, 0), new Conv(name + ".expand1x1", squeezed, expanded, 1, 1, 0),
            new Conv(name + ".expand3x3", squeezed, expanded, 3, 1, 1));
    }

    /** What it is called. */
    public String title() {
        return title;
    }

    List<Step> steps() {
        return steps;
    }

    /** The shape of every parameter by name. */
    public Map<String, Shape> parameters() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        int channels = 3;
        int seen = 0;
        for (Step step : steps) {
            if (step instanceof Conv conv) {
                put(shapes, conv);
                channels = conv.out();
            } else if (step instanceof Fire fire) {
                put(shapes, fire.squeeze());
                put(shapes, fire.one());
                put(shapes, fire.three());
                channels = fire.one().out() + fire.three().out();
            } else if (step instanceof Plain) {
                shapes.put(channelWeights(seen++), Shape.of(1, channels, 1, 1));
            }
        }
        return shapes;
    }

    private static void put(Map<String, Shape> shapes, Conv conv) {
        shapes.put(conv.name() + ".weight", Shape.of(conv.out(), conv.in(), conv.kernel(), conv.kernel()));
        shapes.put(conv.name() + ".bias", Shape.of(conv.out()));
    }

    /** The name of the weights of what is seen at a place, from 0. */
    static String channelWeights(int place) {
        return "lin" + place + ".model.1.weight";
    }

    /**
     * The network that a checkpoint holds.
     *
     * @param source what messages call it
     * @throws CheckpointException if it is of none of these, or lacks parameters: names all that are missing or of another shape
     */
    public static LpipsNetwork of(String source, Parameters checkpoint) {
        LpipsNetwork network = checkpoint.names().contains("net.slice2.3.squeeze.weight") ? SQUEEZE
            : checkpoint.names().contains("net.slice1.2.weight") ? VGG : ALEX;
        if (!checkpoint.names().contains("net.slice1.0.weight")) {
            throw new CheckpointException(source
                + ": found no net.slice1.0.weight; expected the state dict of lpips.LPIPS, saved as safetensors");
        }
        List<String> faults = new ArrayList<>();
        network.parameters().forEach((name, shape) -> {
            if (!checkpoint.names().contains(name)) {
                faults.add(name + ": found none; expected " + shape);
            } else if (!Arrays.equals(checkpoint.info(name).shape(), shape.sizes())) {
                faults.add(name + ": found " + checkpoint.info(name) + "; expected " + shape);
            }
        });
        if (!faults.isEmpty()) {
            throw new CheckpointException(source + " (" + network.title + "): " + String.join("; ", faults));
        }
        return network;
    }
}
