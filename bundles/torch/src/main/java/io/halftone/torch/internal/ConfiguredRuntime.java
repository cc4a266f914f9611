package io.halftone.torch.internal;

import io.halftone.api.Demand;
import io.halftone.api.DiagnosticSource;
import io.halftone.api.Finding;
import io.halftone.model.Named;
import io.halftone.ops.Device;
import io.halftone.ops.EagerRuntime;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runtime with the settings that are configured, replaced whole. {@link #on} gives one that keeps its settings, for a job. A
 * configuration that is refused leaves the former settings in force, and new jobs are refused until it is mended.
 */
@Component(service = {EagerRuntime.class, DiagnosticSource.class}, configurationPid = ConfiguredRuntime.PID)
@Named("libtorch")
@Designate(ocd = TorchRuntime.Settings.class)
public final class ConfiguredRuntime implements EagerRuntime, DiagnosticSource {
    static final String PID = "io.halftone.torch";

    private static final Logger LOG = LoggerFactory.getLogger(ConfiguredRuntime.class);

    private volatile State state = new State(new TorchRuntime(0, Place.AUTO, 0, true), "");

    /**
     * @param runtime with the settings in force
     * @param refusal of what was configured last, a line; empty if that is in force
     */
    private record State(TorchRuntime runtime, String refusal) {}

    /** With what is configured at the start; a refused configuration leaves the usual settings. */
    @Activate
    public ConfiguredRuntime(Map<String, Object> properties) {
        configure(properties);
    }

    /** New settings, for jobs that are asked for from now on. */
    @Modified
    void modified(Map<String, Object> properties) {
        configure(properties);
    }

    private void configure(Map<String, Object> properties) {
        try {
            keys(properties);
            state = new State(new TorchRuntime(number("threads", properties), text("device", Place.AUTO, properties),
                number("residentWeights", properties), flag("graphs", properties)), "");
        } catch (IllegalArgumentException e) {
            String refusal = PID + ": " + e.getMessage();
            LOG.error("{}", refusal);
            state = new State(state.runtime(), refusal);
        }
    }

    /** A key that means nothing is a slip. Those with a dot are of the framework and of Karaf. */
    private static void keys(Map<String, Object> properties) {
        List<String> known = Arrays.stream(TorchRuntime.Settings.class.getDeclaredMethods()).map(java.lang.reflect.Method::getName).sorted().toList();
        for (String key : new TreeSet<>(properties.keySet())) {
            if (!key.contains(".") && !known.contains(key)) {
                throw new IllegalArgumentException("found " + key + "; expected one of " + String.join(", ", known));
            }
        }
    }

    private static String text(String key, String usual, Map<String, Object> properties) {
        Object value = properties.get(key);
        return value == null || value.toString().isBlank() ? usual : value.toString().strip();
    }

    /** True where nothing is said. */
    private static boolean flag(String key, Map<String, Object> properties) {
        String value = text(key, "true", properties);
        if (!value.equals("true") && !value.equals("false")) {
            throw new IllegalArgumentException(key + ": found " + value + "; expected true or false");
        }
        return value.equals("true");
    }

    private static int number(String key, Map<String, Object> properties) {
        String value = text(key, "0", properties);
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(key + ": found " + value + "; expected a whole number >= 0", e);
        }
    }

    @Override
    public <R> R run(Task<R> task) throws IOException {
        return state.runtime().run(task);
    }

    @Override
    public <R> R run(int threads, Task<R> task) throws IOException {
        return state.runtime().run(threads, task);
    }

    /**
     * {@inheritDoc}
     *
     * @return one that keeps its settings
     * @throws IllegalArgumentException also if what was configured last is refused
     */
    @Override
    public EagerRuntime on(String device) {
        State now = state;
        if (!now.refusal().isEmpty()) {
            throw new IllegalArgumentException(now.refusal());
        }
        return device.isEmpty() ? now.runtime() : now.runtime().on(device);
    }

    @Override
    public Device device() {
        return state.runtime().device();
    }

    @Override
    public int threads() {
        return state.runtime().threads();
    }

    @Override
    public String description() {
        return state.runtime().description();
    }

    @Override
    public List<Finding> examine(Demand demand) {
        String refusal = state.refusal();
        int expected = refusal.lastIndexOf("; expected ");
        return refusal.isEmpty() ? List.of() : List.of(Finding.problem("configuration", refusal.substring(0, expected),
            refusal.substring(expected + "; expected ".length()),
            "mend it in etc/" + PID + ".cfg; new jobs are refused until then, and those that run keep their settings"));
    }
}
