package io.halftone.api;

import java.util.List;

/**
 * What a check of artifacts against their provenance found.
 *
 * @param statements the provenance files that were read
 * @param checks     one for each file and signature
 */
public record Verification(List<String> statements, List<Check> checks) {
    /** What a check found. */
    public enum Outcome {
        /** It is what the provenance says. */
        SAME,
        /** It is there, and differs. */
        CHANGED,
        /** It is not there, where it must be. */
        MISSING,
        /** It is not there, and was not asked for. */
        UNCHECKED
    }

    /**
     * One check.
     *
     * @param subject what was checked: artifact, input or signature
     * @param name    the file
     * @param outcome what was found
     * @param detail  what was found and expected; empty where it is the same
     */
    public record Check(String subject, String name, Outcome outcome, String detail) {}

    public Verification {
        statements = List.copyOf(statements);
        checks = List.copyOf(checks);
    }

    /** Whether nothing is changed or missing. */
    public boolean isIntact() {
        return checks.stream().noneMatch(check -> check.outcome() == Outcome.CHANGED || check.outcome() == Outcome.MISSING);
    }
}
