package io.halftone.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * Makes inputs of others, the same ones from the same seed. What is text is taken apart as JSON and YAML are, so that most of what
 * comes out still has the form of its kind: a value in place of another, a part left out, twice, or from elsewhere.
 */
final class Mutator {
    private static final List<String> VALUES = List.of("0", "-1", "1", "2147483647", "2147483648", "-2147483649", "9223372036854775807",
        "9223372036854775808", "18446744073709551616", "1e999", "1e-999", "0.5", "NaN", "null", "true", "{}", "[]", "[[[[]]]]", "\"\"", "\"\\u0000\"",
        "\"../x\"", "\"\\ud800\"", "4611686018427387904", "1000000000", "\"F32\"", "\"INT8\"", "[0,0]", "{\"a\":{}}", "1e400", "2000000000");

    private final RandomGenerator random;
    private final List<byte[]> seeds;

    Mutator(long seed, List<byte[]> seeds) {
        this.random = new Random(seed);
        this.seeds = List.copyOf(seeds);
    }

    /** The next input. */
    byte[] next() {
        byte[] input = pick(seeds).clone();
        for (int changes = random.nextInt(4); changes >= 0; changes--) {
            input = change(input);
        }
        return input;
    }

    private byte[] change(byte[] input) {
        return switch (random.nextInt(6)) {
            case 0 -> flipped(input);
            case 1 -> value(input);
            case 2 -> spliced(input, pick(seeds));
            case 3 -> spliced(input, input);
            case 4 -> replaced(input, span(input), new byte[0]);
            default -> value(input);
        };
    }

    private byte[] flipped(byte[] input) {
        byte[] changed = input.clone();
        if (changed.length > 0) {
            changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
        }
        return changed;
    }

    /** A value in place of one. */
    private byte[] value(byte[] input) {
        byte[] value = pick(VALUES).getBytes(StandardCharsets.UTF_8);
        int[] span = span(input);
        return replaced(input, span, value);
    }

    /** A part of another in place of one. */
    private byte[] spliced(byte[] input, byte[] other) {
        int[] from = span(other);
        return replaced(input, random.nextBoolean() ? span(input) : new int[] {span(input)[0], span(input)[0]},
            java.util.Arrays.copyOfRange(other, Math.min(from[0], from[1]), from[1]));
    }

    /** From one sign of structure to the next, or any stretch where there are none. */
    private int[] span(byte[] input) {
        if (input.length == 0) {
            return new int[] {0, 0};
        }
        int start = random.nextInt(input.length);
        if (random.nextInt(4) == 0) {
            return new int[] {start, start + random.nextInt(Math.min(16, input.length - start) + 1)};
        }
        while (start > 0 && !isSign(input[start - 1])) {
            start--;
        }
        int end = start;
        int depth = 0;
        while (end < input.length && (depth > 0 || !isSign(input[end]) || end == start && isOpening(input[end]))) {
            depth += isOpening(input[end]) ? 1 : input[end] == '}' || input[end] == ']' ? -1 : 0;
            end++;
        }
        return new int[] {start, end};
    }

    private static boolean isOpening(byte b) {
        return b == '{' || b == '[';
    }

    private static boolean isSign(byte b) {
        return "{}[]:,\n".indexOf(b) >= 0;
    }

    private static byte[] replaced(byte[] input, int[] span, byte[] by) {
        int end = Math.max(span[0], span[1]);
        var changed = new ByteArrayOutputStream();
        changed.write(input, 0, span[0]);
        changed.writeBytes(by);
        changed.write(input, end, input.length - end);
        return changed.toByteArray();
    }

    private <E> E pick(List<E> list) {
        return list.get(random.nextInt(list.size()));
    }
}
