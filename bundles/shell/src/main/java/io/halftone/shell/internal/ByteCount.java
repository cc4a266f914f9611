package io.halftone.shell.internal;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as people write them: 2GB, 512 MiB, 1000000. */
final class ByteCount {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,15}(?:\\.\\d{1,9})?) ?([A-Za-z]*)");
    private static final Map<String, Long> UNITS = Map.of("", 1L, "b", 1L, "kb", 1_000L, "mb", 1_000_000L, "gb", 1_000_000_000L,
        "kib", 1L << 10, "mib", 1L << 20, "gib", 1L << 30);
    private static final BigDecimal GREATEST = BigDecimal.valueOf(1L << 50);

    private ByteCount() {}

    /** The size in bytes, at least 1: KB, MB and GB go by thousands, KiB, MiB and GiB by 1024. */
    static long parse(String option, String text) {
        Matcher size = SIZE.matcher(text);
        Long unit = size.matches() ? UNITS.get(size.group(2).toLowerCase(Locale.ROOT)) : null;
        BigDecimal bytes = unit == null ? BigDecimal.ZERO : new BigDecimal(size.group(1)).multiply(BigDecimal.valueOf(unit));
        if (bytes.compareTo(BigDecimal.ONE) < 0 || bytes.compareTo(GREATEST) > 0) {
            throw new IllegalArgumentException(option + ": found " + text + "; expected a size such as 2GB, 500MB or 1GiB");
        }
        return bytes.longValue();
    }
}
