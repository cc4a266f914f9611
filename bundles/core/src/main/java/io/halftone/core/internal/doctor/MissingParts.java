package io.halftone.core.internal.doctor;

import io.halftone.api.Absence;
import io.halftone.api.Finding;
import io.halftone.core.internal.MissingRuntime;
import io.halftone.core.internal.Plugins;
import io.halftone.ops.EagerRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Kinds of plugins of which there is not one: a host may leave their bundles out, and then lacks what they are for. */
public final class MissingParts {
    private static final String ANY = "any";

    private MissingParts() {}

    /** The runtime if there is none, then the kinds that are empty, each with the feature that brings one. */
    public static List<Absence> of(Plugins plugins, Plugins.Family<?> inspectors, EagerRuntime runtime) {
        List<Absence> missing = new ArrayList<>();
        if (MissingRuntime.is(runtime)) {
            missing.add(new Absence(MissingRuntime.KIND, ANY, "found none; expected " + MissingRuntime.EXPECTED));
        }
        none(missing, plugins.engines(), "halftone-onnxruntime");
        none(missing, plugins.exporters(), "halftone-onnx");
        none(missing, inspectors, "halftone-onnx");
        none(missing, plugins.models(), "halftone-models");
        none(missing, plugins.pipelines(), "halftone-models");
        none(missing, plugins.schedulers(), "halftone-schedulers");
        none(missing, plugins.tokenizers(), "halftone-tokenizers");
        none(missing, plugins.formats(), "halftone-formats");
        none(missing, plugins.collectors(), "halftone-collectors");
        none(missing, plugins.policies(), "halftone-policies");
        none(missing, plugins.algorithms(), "halftone-algorithms");
        return missing;
    }

    private static void none(List<Absence> missing, Plugins.Family<?> family, String feature) {
        if (family.plugins().isEmpty()) {
            missing.add(new Absence(family.kind(), ANY, "found none; expected a bundle with one, such as those of the feature " + feature));
        }
    }

    /** What a missing runtime means: a problem where a model is to run. */
    static Optional<Finding> runtime(EagerRuntime runtime, boolean needed) {
        if (!MissingRuntime.is(runtime)) {
            return Optional.empty();
        }
        return Optional.of(new Finding(needed ? Finding.Level.PROBLEM : Finding.Level.NOTE, MissingRuntime.KIND, "none", MissingRuntime.EXPECTED,
            "install it; without it plan, inspect, export, synthesize and explain work"));
    }
}
