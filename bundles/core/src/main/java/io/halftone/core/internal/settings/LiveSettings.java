package io.halftone.core.internal.settings;

import io.halftone.api.Defaults;
import io.halftone.api.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings that are in force, replaced whole. A configuration with a value that is refused leaves the former ones in force; the
 * refusal stays known until it is mended.
 *
 * <p>Names of plugins are looked up whenever settings are taken: a plugin may come after the configuration that names it.
 */
public final class LiveSettings {
    private static final Logger LOG = LoggerFactory.getLogger(LiveSettings.class);

    private final BiPredicate<String, String> plugins;
    private volatile State state;
    private volatile List<Refusal> logged = List.of();

    /**
     * @param former   in force before what was configured last, where that is refused
     * @param latest   what was configured last
     * @param refusals of values of the latest, other than names of plugins
     */
    private record State(Settings former, Settings latest, List<Refusal> refusals) {}

    /** What is in force, and what of the latest configuration is refused. */
    private record Judged(Settings settings, List<Refusal> refusals) {}

    /**
     * What is configured at the start; nothing was in force before but what is usual.
     *
     * @param plugins whether there is a plugin of that kind and name
     */
    public LiveSettings(Map<String, ?> properties, BiPredicate<String, String> plugins) {
        this.plugins = plugins;
        state = read(Settings.usual(), properties);
        log(state.refusals());
    }

    /** Takes a new configuration. */
    public synchronized void update(Map<String, ?> properties) {
        Settings former = judge().settings();
        state = read(former, properties);
        Judged judged = judge();
        log(judged.refusals());
        if (judged.refusals().isEmpty() && !judged.settings().equals(former)) {
            LOG.info("{}: new settings are in force", Refusal.PID);
        }
    }

    private static State read(Settings former, Map<String, ?> properties) {
        SettingsReader reader = new SettingsReader(properties);
        Settings latest = reader.read();
        return new State(former, latest, reader.refusals());
    }

    /** The settings in force, for what does not depend on whether the latest are refused: what runs goes on, and lists are shown. */
    public Settings inForce() {
        return judge().settings();
    }

    /**
     * The settings in force, for new work.
     *
     * @throws IllegalArgumentException with the first refusal, if the latest configuration is refused: whoever wrote it expects that it counts
     */
    public Settings taken() {
        Judged judged = judge();
        if (!judged.refusals().isEmpty()) {
            log(judged.refusals());
            throw new IllegalArgumentException(judged.refusals().get(0).line());
        }
        return judged.settings();
    }

    /** A problem for each value that is refused. */
    public List<Finding> findings() {
        return judge().refusals().stream().map(refusal -> Finding.problem("configuration",
            Refusal.PID + ": " + (refusal.key().isEmpty() ? "" : refusal.key() + ": ") + refusal.found(), refusal.expected(),
            "mend it in etc/" + Refusal.PID + ".cfg; new jobs are refused until then, and those that run keep their settings")).toList();
    }

    private Judged judge() {
        State now = state;
        List<Refusal> refusals = new ArrayList<>(now.refusals());
        Defaults names = now.latest().defaults();
        check("format", names.format(), Defaults.usual().format(), refusals);
        check("policy", names.policy(), Defaults.usual().policy(), refusals);
        check("algorithm", names.algorithm(), "", refusals);
        check("collector", names.collector(), "", refusals);
        check("exporter", names.exporter(), Defaults.usual().exporter(), refusals);
        check("engine", names.engine(), Defaults.usual().engine(), refusals);
        check("distributor", names.distributor(), Defaults.usual().distributor(), refusals);
        return new Judged(refusals.isEmpty() ? now.latest() : now.former(), refusals);
    }

    /** A usual name is not a configured one: where its plugin is not there, what needs it says so. */
    private void check(String kind, String name, String usual, List<Refusal> refusals) {
        if (!name.equals(usual) && !plugins.test(kind, name)) {
            refusals.add(new Refusal(kind, name, "the name of a plugin, see plugins"));
        }
    }

    /** Each refusal once, until it is mended. */
    private void log(List<Refusal> refusals) {
        List<Refusal> before = logged;
        logged = List.copyOf(refusals);
        refusals.stream().filter(refusal -> !before.contains(refusal)).forEach(refusal -> LOG.error("{}", refusal.line()));
    }
}
