package io.halftone.export;

import io.halftone.ops.Dim;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what {@link Dim#toString} writes: sums of products of numbers, names and {@code floor((sum)/number)}. */
final class Expression {
    private static final Pattern TOKEN = Pattern.compile("floor\\(\\(|\\)/|[A-Za-z_][A-Za-z0-9_]*|\\d{1,18}|[-+*)]");

    private static final int LONGEST = 10_000;
    /** Quotients inside quotients; models have one inside another. */
    private static final int DEEPEST = 8;

    private final String text;
    private final Matcher tokens;
    private String token;
    private int depth;

    private Expression(String text) {
        this.text = text;
        this.tokens = TOKEN.matcher(text);
        next();
    }

    /**
     * Reads an expression.
     *
     * @throws EngineException if it is none
     */
    static Dim parse(String text) {
        if (text.length() > LONGEST) {
            throw new EngineException("expression: found " + text.length() + " characters; expected at most " + LONGEST);
        }
        Expression expression = new Expression(text);
        try {
            Dim sum = expression.sum();
            if (!expression.token.isEmpty()) {
                throw expression.unexpected();
            }
            return sum;
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw new EngineException("expression: found " + text + ": " + e.getMessage() + "; expected numbers of 64 bits", e);
        }
    }

    private void next() {
        int from = token == null ? 0 : tokens.end();
        if (from == text.length()) {
            token = "";
        } else if (tokens.find(from) && tokens.start() == from) {
            token = tokens.group();
        } else {
            throw unexpected();
        }
    }

    private String take() {
        String taken = token;
        if (taken.isEmpty()) {
            throw unexpected();
        }
        next();
        return taken;
    }

    private Dim sum() {
        boolean minus = token.equals("-");
        if (minus) {
            next();
        }
        Dim sum = product().times(minus ? -1 : 1);
        while (token.equals("+") || token.equals("-")) {
            long sign = take().equals("-") ? -1 : 1;
            sum = sum.plus(product().times(sign));
        }
        return sum;
    }

    private Dim product() {
        Dim product = factor();
        while (token.equals("*")) {
            next();
            product = product.times(factor());
        }
        return product;
    }

    private Dim factor() {
        String first = take();
        if (first.equals("floor((")) {
            if (++depth > DEEPEST) {
                throw unexpected();
            }
            Dim numerator = sum();
            depth--;
            expect(")/");
            long divisor = number(take());
            expect(")");
            return numerator.floorDiv(divisor);
        }
        return Character.isDigit(first.charAt(0)) ? Dim.of(number(first)) : Dim.named(name(first));
    }

    private void expect(String wanted) {
        if (!take().equals(wanted)) {
            throw unexpected();
        }
    }

    private String name(String word) {
        if (!Character.isLetter(word.charAt(0)) && word.charAt(0) != '_') {
            throw unexpected();
        }
        return word;
    }

    private long number(String word) {
        if (!Character.isDigit(word.charAt(0))) {
            throw unexpected();
        }
        return Long.parseLong(word);
    }

    private EngineException unexpected() {
        return new EngineException("expression: found " + text + "; expected sums of products of numbers, names and floor((sum)/number)");
    }
}
