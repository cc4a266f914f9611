package io.halftone.ops;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * One extent of a shape: a number, a name such as {@code height}, or an expression of these. Expressions are kept as
 * polynomials with whole coefficients over names and floor quotients, so that the same polynomial is an
 * equal object; a quotient is not reduced, so {@code (2*h)/4} is not equal to {@code h/2}.
 */
public final class Dim {
    /** A factor of a term: a name, or the floor quotient of an expression by a number. */
    private sealed interface Atom extends Comparable<Atom> {
        String text();

        @Override
        default int compareTo(Atom other) {
            return text().compareTo(other.text());
        }
    }

    private record Name(String text) implements Atom {}

    private record Quotient(Dim numerator, long divisor) implements Atom {
        @Override
        public String text() {
            return "floor((" + numerator + ")/" + divisor + ")";
        }
    }

    /** How {@link #fold} makes a value of an expression, bottom up. */
    @ConsumerType
    public interface Algebra<V> {
        /** The value of a number. */
        V number(long value);

        /** The value of a name. */
        V name(String name);

        /** The sum of two values. */
        V add(V a, V b);

        /** The product of two values. */
        V multiply(V a, V b);

        /** The quotient of a value, rounded down, by a number of at least 2. */
        V floorDivide(V a, long divisor);
    }

    /** From sorted factors to a coefficient that is not 0; the number itself has no factors. Null where this is a number. */
    private final Map<List<Atom>, Long> expression;
    /** Where this is one: an eager pass makes many thousands of numbers a second, and looks at each. */
    private final long number;

    private Dim(Map<List<Atom>, Long> terms) {
        boolean isNumber = terms.isEmpty() || terms.size() == 1 && terms.containsKey(List.<Atom>of());
        this.expression = isNumber ? null : terms;
        this.number = isNumber && !terms.isEmpty() ? terms.values().iterator().next() : 0;
    }

    private Dim(long number) {
        this.expression = null;
        this.number = number;
    }

    /** A number, at least 0 wherever it is an extent. */
    public static Dim of(long size) {
        return new Dim(size);
    }

    /** An extent that is known when the model runs, by its name. */
    public static Dim named(String name) {
        if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
            throw new IllegalArgumentException("dimension name: found \"" + name + "\"; expected a word of letters, digits and underscores");
        }
        return new Dim(Map.of(List.of(new Name(name)), 1L));
    }

    /** Whether this is a number. */
    public boolean isNumber() {
        return expression == null;
    }

    private Map<List<Atom>, Long> terms() {
        return expression != null ? expression : number == 0 ? Map.of() : Map.of(List.of(), number);
    }

    /**
     * The number that this is.
     *
     * @throws IllegalStateException if this has a name in it
     */
    public long size() {
        if (!isNumber()) {
            throw new IllegalStateException("dimension " + this + ": found an expression; expected a number");
        }
        return number;
    }

    /** The sum of the two. */
    public Dim plus(Dim other) {
        if (isNumber() && other.isNumber()) {
            return of(Math.addExact(number, other.number));
        }
        Map<List<Atom>, Long> sum = new LinkedHashMap<>(terms());
        other.terms().forEach((factors, n) -> sum.merge(factors, n, Math::addExact));
        return normal(sum);
    }

    /** The sum of this and a number. */
    public Dim plus(long n) {
        return plus(of(n));
    }

    /** The difference of the two. */
    public Dim minus(Dim other) {
        return plus(other.times(-1));
    }

    /** The product of the two. */
    public Dim times(Dim other) {
        if (isNumber() && other.isNumber()) {
            return of(Math.multiplyExact(number, other.number));
        }
        Map<List<Atom>, Long> product = new LinkedHashMap<>();
        terms().forEach((a, m) -> other.terms().forEach((b, n) -> {
            List<Atom> factors = new ArrayList<>(a);
            factors.addAll(b);
            Collections.sort(factors);
            product.merge(List.copyOf(factors), Math.multiplyExact(m, n), Math::addExact);
        }));
        return normal(product);
    }

    /** The product of this and a number. */
    public Dim times(long n) {
        return times(of(n));
    }

    /** The quotient rounded down; terms that the divisor divides leave the quotient. */
    public Dim floorDiv(long divisor) {
        if (divisor < 1) {
            throw new IllegalArgumentException("divisor: found " + divisor + "; expected >= 1");
        }
        if (isNumber()) {
            return of(Math.floorDiv(number, divisor));
        }
        Map<List<Atom>, Long> whole = new LinkedHashMap<>();
        Map<List<Atom>, Long> rest = new LinkedHashMap<>();
        terms().forEach((factors, n) -> {
            long q = Math.floorDiv(n, divisor);
            if (factors.isEmpty() || n % divisor == 0) {
                whole.merge(factors, q, Math::addExact);
                rest.merge(factors, n - q * divisor, Math::addExact);
            } else {
                rest.merge(factors, n, Math::addExact);
            }
        });
        Dim left = normal(rest);
        Dim outside = normal(whole);
        if (left.isNumber()) {
            return outside.plus(Math.floorDiv(left.size(), divisor));
        }
        return outside.plus(new Dim(Map.of(List.of(new Quotient(left, divisor)), 1L)));
    }

    /** The quotient rounded up. */
    public Dim ceilDiv(long divisor) {
        return plus(divisor - 1).floorDiv(divisor);
    }

    /** The names in this, in alphabetical order. */
    public Set<String> names() {
        Set<String> names = new TreeSet<>();
        for (List<Atom> factors : terms().keySet()) {
            for (Atom atom : factors) {
                if (atom instanceof Name name) {
                    names.add(name.text());
                } else if (atom instanceof Quotient q) {
                    names.addAll(q.numerator().names());
                }
            }
        }
        return names;
    }

    /** The number that this becomes where each name has the given extent. */
    public long evaluate(ToLongFunction<String> extents) {
        return fold(new Algebra<Long>() {
            @Override
            public Long number(long value) {
                return value;
            }

            @Override
            public Long name(String name) {
                return extents.applyAsLong(name);
            }

            @Override
            public Long add(Long a, Long b) {
                return Math.addExact(a, b);
            }

            @Override
            public Long multiply(Long a, Long b) {
                return Math.multiplyExact(a, b);
            }

            @Override
            public Long floorDivide(Long a, long divisor) {
                return Math.floorDiv(a, divisor);
            }
        });
    }

    /** Builds a value of this expression from the values of its parts; the order of calls depends on this alone. */
    public <V> V fold(Algebra<V> algebra) {
        V sum = null;
        for (Map.Entry<String, List<Atom>> entry : ordered().entrySet()) {
            List<Atom> factors = entry.getValue();
            long n = terms().get(factors);
            V product = factors.isEmpty() || n != 1 ? algebra.number(n) : null;
            for (Atom atom : factors) {
                V value = atom instanceof Quotient q
                    ? algebra.floorDivide(q.numerator().fold(algebra), q.divisor())
                    : algebra.name(atom.text());
                product = product == null ? value : algebra.multiply(product, value);
            }
            sum = sum == null ? product : algebra.add(sum, product);
        }
        return sum == null ? algebra.number(0) : sum;
    }

    private Map<String, List<Atom>> ordered() {
        Map<String, List<Atom>> order = new TreeMap<>();
        for (List<Atom> factors : terms().keySet()) {
            StringBuilder key = new StringBuilder();
            factors.forEach(f -> key.append(key.isEmpty() ? "" : "*").append(f.text()));
            // "~" sorts behind letters: the number comes last, as one writes it
            order.put(factors.isEmpty() ? "~" : key.toString(), factors);
        }
        return order;
    }

    private static Dim normal(Map<List<Atom>, Long> terms) {
        Map<List<Atom>, Long> kept = new LinkedHashMap<>();
        terms.forEach((factors, n) -> {
            if (n != 0) {
                kept.put(factors, n);
            }
        });
        return new Dim(Collections.unmodifiableMap(kept));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Dim dim && number == dim.number && Objects.equals(expression, dim.expression);
    }

    @Override
    public int hashCode() {
        return expression == null ? Long.hashCode(number) : expression.hashCode();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        ordered().forEach((key, factors) -> {
            long n = terms().get(factors);
            if (!text.isEmpty()) {
                text.append(n < 0 ? "-" : "+");
            } else if (n < 0) {
                text.append('-');
            }
            long size = Math.abs(n);
            if (factors.isEmpty()) {
                text.append(size);
            } else {
                text.append(size == 1 ? "" : size + "*").append(key);
            }
        });
        return text.isEmpty() ? "0" : text.toString();
    }
}
