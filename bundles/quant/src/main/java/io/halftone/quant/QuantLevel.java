package io.halftone.quant;

import java.math.BigDecimal;

/**
 * How much of a model is quantized; larger is more.
 *
 * @param name as users write it, in its shortest form: 1, 2, 2.5, 3, 4
 */
public record QuantLevel(String name) implements Comparable<QuantLevel> {
    private static final int DIGITS = 9;

    public QuantLevel {
        name = number(name).toPlainString();
    }

    private static BigDecimal number(String text) {
        try {
            BigDecimal number = new BigDecimal(text.trim()).stripTrailingZeros();
            if (Math.abs((long) number.scale()) > DIGITS) {
                throw new NumberFormatException(text + ": more than " + DIGITS + " digits");   // written out, it could fill the memory
            }
            return number;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("quant level: found " + text + "; expected a number such as 1, 2, 2.5, 3 or 4", e);
        }
    }

    @Override
    public int compareTo(QuantLevel other) {
        return number(name).compareTo(number(other.name));
    }

    @Override
    public String toString() {
        return name;
    }
}
