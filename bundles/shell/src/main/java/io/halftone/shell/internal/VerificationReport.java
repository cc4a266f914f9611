package io.halftone.shell.internal;

import io.halftone.api.Verification;
import io.halftone.api.Verification.Check;
import io.halftone.api.Verification.Outcome;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a check against the provenance found: a line for each file that is not the same, and counts. */
final class VerificationReport {
    private VerificationReport() {}

    static Report of(Verification verification) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("intact", verification.isIntact());
        values.put("statements", verification.statements());
        values.put("checks", verification.checks().stream().map(VerificationReport::values).toList());
        return new Report(values, out -> {
            verification.statements().forEach(file -> Facts.line(out, "provenance", file));
            for (Check check : verification.checks()) {
                if (check.outcome() != Outcome.SAME) {
                    Facts.line(out, Facts.name(check.outcome()), check.subject() + " " + check.name() + ": " + check.detail());
                }
            }
            for (String subject : verification.checks().stream().map(Check::subject).distinct().toList()) {
                List<Check> its = verification.checks().stream().filter(check -> check.subject().equals(subject)).toList();
                long same = its.stream().filter(check -> check.outcome() == Outcome.SAME).count();
                Facts.line(out, subject, same + " of " + its.size() + " as the provenance says");
            }
        });
    }

    private static Map<String, Object> values(Check check) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("subject", check.subject());
        values.put("name", check.name());
        values.put("outcome", Facts.name(check.outcome()));
        values.put("detail", Facts.orNull(check.detail()));
        return values;
    }
}
