package io.halftone.onnxruntime.internal;

import io.halftone.api.Demand;
import io.halftone.api.DiagnosticSource;
import io.halftone.api.Finding;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/** What ONNX Runtime's bundle knows of the machine. The library is loaded to say its version: it is small. */
@Component(service = DiagnosticSource.class, configurationPolicy = ConfigurationPolicy.IGNORE)
public final class OnnxRuntimeSource implements DiagnosticSource {
    private static final String SUBJECT = "ONNX Runtime";
    private static final String ENGINE = "onnxruntime";

    @Override
    public List<Finding> examine(Demand demand) {
        return List.of(library(demand), instructions(Processor.instructions()));
    }

    @Override
    public Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(SUBJECT, Sessions.environment().getVersion());
        facts.put("instructions", String.join(", ", Processor.instructions()));
        return facts;
    }

    private static Finding library(Demand demand) {
        try {
            return Finding.ok(SUBJECT, Sessions.environment().getVersion());
        } catch (LinkageError | IllegalStateException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            Finding.Level level = demand.engine().equals(ENGINE) ? Finding.Level.PROBLEM : Finding.Level.NOTE;
            return new Finding(level, SUBJECT, "no library that loads, " + cause.getMessage(), "its library for Linux on x86_64", "");
        }
    }

    /** What of the processor decides how fast integer products are. */
    static Finding instructions(Set<String> instructions) {
        String found = instructions.isEmpty() ? "none of AVX2, AVX-512, VNNI, AMX" : String.join(", ", instructions);
        return instructions.contains("VNNI") ? Finding.ok("instructions", found)
            : Finding.note("instructions", found, "VNNI, without which INT8 is hardly faster than float32", "run INT8 on a processor with VNNI");
    }
}
