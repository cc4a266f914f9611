package io.halftone.cluster.internal;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** SHA-256 of the results that were taken, by unit: a unit that ran twice has to have the same bytes twice. For several threads. */
final class ResultDigests {
    private final Map<Integer, String> taken = new ConcurrentHashMap<>();

    void add(int unit, byte[] result) {
        taken.put(unit, of(result));
    }

    /** The digest that was taken, if it is another than that of this result. */
    Optional<String> differs(int unit, byte[] result) {
        return Optional.ofNullable(taken.get(unit)).filter(before -> !before.equals(of(result)));
    }

    static String of(byte[] result) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(result));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);   // every Java has it
        }
    }
}
