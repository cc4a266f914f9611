package io.halftone.core.internal.doctor;

import io.halftone.api.Absence;
import io.halftone.api.Demand;
import io.halftone.api.DiagnosticSource;
import io.halftone.api.Finding;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows the bundles that know something of the machine, and asks them. It stays when they come and go. */
@Component(service = Diagnostics.class)
public final class Diagnostics {
    private static final Logger LOG = LoggerFactory.getLogger(Diagnostics.class);

    private final DiagnosticSource host;

    @Reference(policy = ReferencePolicy.DYNAMIC)
    private volatile List<DiagnosticSource> sources = List.of();

    /** Those that come and go. */
    public Diagnostics() {
        this.host = new HostSource();
    }

    /** Always these. */
    public Diagnostics(List<DiagnosticSource> sources) {
        this(new HostSource(), sources);
    }

    Diagnostics(DiagnosticSource host, List<DiagnosticSource> sources) {
        this.host = host;
        this.sources = List.copyOf(sources);
    }

    /** The machine first, then the bundles by name, so that two runs read alike. */
    private List<DiagnosticSource> all() {
        return Stream.concat(Stream.of(host), sources.stream().sorted(Comparator.comparing(source -> source.getClass().getName()))).toList();
    }

    /** What all find. A source that fails has found a problem, and the others are asked all the same. */
    List<Finding> examine(Demand demand) {
        List<Finding> findings = new ArrayList<>();
        for (DiagnosticSource source : all()) {
            try {
                findings.addAll(source.examine(demand));
            } catch (RuntimeException | LinkageError e) {
                findings.add(Finding.problem(source.getClass().getSimpleName(), e.toString(), "to be able to look", ""));
            }
        }
        return findings;
    }

    /** Plugins that are installed and cannot be had. */
    public List<Absence> absent() {
        List<Absence> absences = new ArrayList<>();
        for (DiagnosticSource source : all()) {
            try {
                absences.addAll(source.absent());
            } catch (RuntimeException | LinkageError e) {
                LOG.warn("{}: found {}; expected to be told what is absent", source.getClass().getSimpleName(), e.toString());
            }
        }
        return List.copyOf(absences);
    }

    /** Versions and hardware by name. A source that fails is named with its reason: what was measured is not lost for it. */
    public Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        for (DiagnosticSource source : all()) {
            try {
                facts.putAll(source.facts());
            } catch (RuntimeException | LinkageError e) {
                facts.put(source.getClass().getSimpleName(), "not known: " + e);
            }
        }
        return facts;
    }
}
