package io.halftone.export;

import io.halftone.ops.Dim;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * How many multiply-adds a model's products take: what an exporter stores with the model under {@link #FACT}, so that an engine can
 * tell the share of those that it computes in 8 bits, whatever shapes it was built for.
 *
 * @param usual      the usual extent of each named dimension
 * @param byOperator of each product by the name of its operator in the file, in the order of the pass
 */
public record MultiplyAdds(Map<String, Long> usual, Map<String, Dim> byOperator) {
    /** The name of the fact. */
    public static final String FACT = "halftone.multiply_adds";

    public MultiplyAdds {
        usual = Collections.unmodifiableMap(new LinkedHashMap<>(usual));
        byOperator = Collections.unmodifiableMap(new LinkedHashMap<>(byOperator));
    }

    /** As it is stored: lines {@code dimension=extent}, then lines of an operator's name and its expression. */
    public String text() {
        StringBuilder text = new StringBuilder();
        usual.forEach((name, extent) -> text.append(name).append('=').append(extent).append('\n'));
        byOperator.forEach((name, count) -> text.append(name).append(' ').append(count).append('\n'));
        return text.toString();
    }

    /**
     * Reads the fact of a model; there is nothing in it where it has none.
     *
     * @throws EngineException if the text is not of this form
     */
    public static MultiplyAdds of(Map<String, String> facts) {
        Map<String, Long> usual = new LinkedHashMap<>();
        Map<String, Dim> counts = new LinkedHashMap<>();
        facts.getOrDefault(FACT, "").lines().forEach(line -> {
            int space = line.lastIndexOf(' ');
            int equal = line.indexOf('=');
            if (space > 0) {
                counts.put(line.substring(0, space), Expression.parse(line.substring(space + 1)));
            } else if (equal > 0 && line.substring(equal + 1).matches("\\d{1,18}")) {
                usual.put(line.substring(0, equal), Long.parseLong(line.substring(equal + 1)));
            } else {
                throw new EngineException(FACT + ": found " + line + "; expected name=extent, or an operator and its expression");
            }
        });
        return new MultiplyAdds(usual, counts);
    }

    /**
     * The part of all multiply-adds that some operators take, 0 to 1; NaN where the model says nothing.
     *
     * @param extents of dimensions that are not as usual
     * @param chosen  takes an operator's name
     * @throws EngineException if a dimension has no extent, or a product is past all counting
     */
    public double share(Map<String, Long> extents, Predicate<String> chosen) {
        double all = 0;
        double some = 0;
        for (Map.Entry<String, Dim> product : byOperator.entrySet()) {
            double count;
            try {
                count = product.getValue().evaluate(name -> extent(extents, name));
            } catch (ArithmeticException e) {
                throw new EngineException(FACT + ": " + product.getKey() + ": found more multiply-adds than 64 bits count; expected fewer", e);
            }
            all += count;
            some += chosen.test(product.getKey()) ? count : 0;
        }
        return some / all;
    }

    private long extent(Map<String, Long> extents, String name) {
        Long extent = extents.getOrDefault(name, usual.get(name));
        if (extent == null) {
            throw new EngineException(FACT + ": found dimension " + name + "; expected one of " + new TreeSet<>(usual.keySet()));
        }
        return extent;
    }
}
