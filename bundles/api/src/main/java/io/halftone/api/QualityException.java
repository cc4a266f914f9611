package io.halftone.api;

import java.util.List;

/** Pictures of a quantized model are further from full precision than a {@link QualityGate} lets them be; all outputs are written. */
public final class QualityException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<String> worst;

    /**
     * @param message for users
     * @param worst   the pictures that fail, the worst first, each with what was found
     */
    public QualityException(String message, List<String> worst) {
        super(message);
        this.worst = List.copyOf(worst);
    }

    /** The pictures that fail, the worst first, each with what was found. */
    public List<String> worst() {
        return worst == null ? List.of() : worst;
    }
}
