package io.halftone.distribute;

import java.util.List;

/** Work cannot be opened here, as its results would differ. */
public final class RefusalException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final List<String> differences;

    /**
     * A refusal.
     *
     * @param differences each {@code what: found X; expected Y}; at least one
     */
    public RefusalException(List<String> differences) {
        super(String.join("; and ", differences));
        this.differences = List.copyOf(differences);
    }

    /** What differs, each {@code what: found X; expected Y}. */
    public List<String> differences() {
        return differences;
    }
}
