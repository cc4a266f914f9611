package io.halftone.core.internal.doctor;

import io.halftone.api.Absence;
import io.halftone.api.Demand;
import io.halftone.api.Diagnosis;
import io.halftone.api.DoctorRequest;
import io.halftone.api.Finding;
import io.halftone.core.internal.job.Failures;
import io.halftone.core.internal.task.Workplace;
import io.halftone.ops.CheckpointException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Asks what the machine has, against what is to run on it. */
public final class Doctor {
    private static final String ENGINE = "engine";

    private Doctor() {}

    /** What is found; a pipeline that cannot be opened is a finding as well. */
    public static Diagnosis examine(Workplace work, Diagnostics diagnostics, DoctorRequest request) {
        String name = request.model().isEmpty() ? request.path() : request.model();
        List<Finding> model = new ArrayList<>();
        Demand demand = new Demand(request.engine(), "", 0, 0, 0);
        if (!name.isEmpty()) {
            try {
                ModelNeeds needs = ModelNeeds.of(work, request);
                demand = needs.demand(name, request.engine());
                model.add(needed(name, request, needs));
            } catch (IOException | CheckpointException | IllegalArgumentException e) {
                model.add(Finding.problem("model", Failures.describe(e), "a pipeline that can run here", "see models, presets and plugins"));
            }
        }
        List<Finding> findings = new ArrayList<>(diagnostics.examine(demand));
        MissingParts.runtime(work.runtime(), !name.isEmpty() || !request.engine().isEmpty()).ifPresent(findings::add);
        findings.addAll(engines(work.plugins().engines().names(), diagnostics.absent(), request.engine()));
        findings.addAll(model);
        return new Diagnosis(findings);
    }

    private static Finding needed(String name, DoctorRequest request, ModelNeeds needs) {
        return Finding.ok("model", name + " in " + request.computeType() + ": weights " + HostSource.size(needs.weightBytes()) + ", of which "
            + needs.backbone() + " " + HostSource.size(needs.weights().get(needs.backbone())) + "; a step about "
            + HostSource.size(needs.activations()) + " more at " + needs.inputs());
    }

    /** The engines that are there, those that cannot be, and the one that was named. */
    static List<Finding> engines(List<String> there, List<Absence> absences, String named) {
        List<Finding> findings = new ArrayList<>();
        findings.add(there.isEmpty() ? Finding.note("engines", "none", "at least one", "install a feature with one, such as halftone-onnxruntime")
            : Finding.ok("engines", String.join(", ", there)));
        List<Absence> engines = absences.stream().filter(absence -> absence.kind().equals(ENGINE)).toList();
        for (Absence absence : engines) {
            Finding.Level level = absence.name().equals(named) ? Finding.Level.PROBLEM : Finding.Level.NOTE;
            findings.add(new Finding(level, ENGINE + " " + absence.name(), absence.reason(), "", ""));
        }
        Optional<Absence> known = engines.stream().filter(absence -> absence.name().equals(named)).findFirst();
        if (!named.isEmpty() && !there.contains(named) && known.isEmpty()) {
            findings.add(Finding.problem(ENGINE + " " + named, "no plugin of that name", "one of " + there,
                "bin/halftone install halftone-" + named + "-VERSION.kar, or another archive or feature that has it"));
        }
        return findings;
    }
}
