package io.halftone.api;

import java.util.List;

/**
 * What was found on a machine.
 *
 * @param findings in the order in which they are read
 */
public record Diagnosis(List<Finding> findings) {
    public Diagnosis {
        findings = List.copyOf(findings);
    }

    /** What does not work. */
    public List<Finding> problems() {
        return findings.stream().filter(finding -> finding.level() == Finding.Level.PROBLEM).toList();
    }
}
