package io.halftone.export;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a model file holds.
 *
 * @param file       the file
 * @param bytes      its size, without files beside it
 * @param irVersion  version of the file format; 0 where it has none
 * @param opsets     version of each operator set by its domain; the standard one's is empty
 * @param producer   the program that wrote it, with its version; empty where it does not say
 * @param inputs     what the model takes, without inputs that have a value in the file
 * @param outputs    what it gives
 * @param operators  number of nodes by operator, with those of inner graphs; one of another domain is {@code domain::operator}
 * @param rounding   what is quantized
 * @param weights    the tensors that it holds
 * @param metadata   facts by name, as the file has them
 * @param problems   what keeps it from being run, a line each: {@code where: found X; expected Y}
 */
public record ModelReport(Path file, long bytes, long irVersion, Map<String, Long> opsets, String producer, List<Port> inputs, List<Port> outputs,
                          Map<String, Integer> operators, Rounding rounding, Weights weights, Map<String, String> metadata,
                          List<String> problems) {
    /**
     * An input or an output.
     *
     * @param name what it is called
     * @param type of its elements, as the format calls it, such as {@code FLOAT16}; {@code sequence} ... for what is no tensor
     * @param dims its dimensions: a number, a name, or {@code ?}; empty for a scalar, and for one whose shape the file does not give
     */
    public record Port(String name, String type, List<String> dims) {
        public Port {
            dims = List.copyOf(dims);
        }
    }

    /**
     * Values that are kept or computed in fewer bits, by the type of their codes.
     *
     * @param pairs   values that are quantized and dequantized when the model runs
     * @param weights weights that are kept as codes
     */
    public record Rounding(Map<String, Integer> pairs, Map<String, Integer> weights) {
        public Rounding {
            pairs = ordered(pairs);
            weights = ordered(weights);
        }
    }

    /**
     * Initializers.
     *
     * @param tensors       how many
     * @param elements      of all
     * @param bytesByType   their size by the type of their elements
     * @param inlineBytes   those in the file
     * @param externalBytes those in files beside it
     * @param files         the files beside it, by name
     */
    public record Weights(int tensors, long elements, Map<String, Long> bytesByType, long inlineBytes, long externalBytes, List<DataFile> files) {
        public Weights {
            bytesByType = ordered(bytesByType);
            files = List.copyOf(files);
        }
    }

    /**
     * A file beside the model.
     *
     * @param name    as the model has it, from the model's folder
     * @param needed  bytes up to the end of the last tensor in it
     * @param found   its size; -1 where there is none
     * @param tensors that lie in it
     */
    public record DataFile(String name, long needed, long found, int tensors) {}

    public ModelReport {
        opsets = ordered(opsets);
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        operators = ordered(operators);
        metadata = ordered(metadata);
        problems = List.copyOf(problems);
    }

    private static <K, V> Map<K, V> ordered(Map<K, V> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
}
