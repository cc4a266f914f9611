package io.halftone.api;

/**
 * Names of plugins that count where nobody says anything, as configured.
 *
 * @param format    number format
 * @param policy    level policy
 * @param algorithm empty for what is advised for the model or the format
 * @param collector empty for what is advised for the model or the format
 * @param exporter  exporter
 * @param engine    engine that runs exported models
 * @param distributor has units of work run
 */
public record Defaults(String format, String policy, String algorithm, String collector, String exporter, String engine, String distributor) {
    /** In this process. */
    public Defaults(String format, String policy, String algorithm, String collector, String exporter, String engine) {
        this(format, policy, algorithm, collector, exporter, engine, Distribution.IN_PROCESS);
    }

    /** Those of a configuration that says nothing. */
    public static Defaults usual() {
        return new Defaults("int8", "standard", "", "", "onnx", "onnxruntime");
    }
}
