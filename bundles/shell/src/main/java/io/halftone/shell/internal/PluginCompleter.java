package io.halftone.shell.internal;

import io.halftone.api.Halftone;
import java.util.List;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.StringsCompleter;

/** Completes the names of the plugins of a kind that are there now. */
abstract class PluginCompleter implements Completer {
    /** Names of number formats. */
    @Service
    public static final class Formats extends PluginCompleter {
        public Formats() {
            super("format");
        }
    }

    /** Names of level policies. */
    @Service
    public static final class Policies extends PluginCompleter {
        public Policies() {
            super("policy");
        }
    }

    /** Names of quantization algorithms. */
    @Service
    public static final class Algorithms extends PluginCompleter {
        public Algorithms() {
            super("algorithm");
        }
    }

    /** Names of collectors. */
    @Service
    public static final class Collectors extends PluginCompleter {
        public Collectors() {
            super("collector");
        }
    }

    /** Names of distributors. */
    @Service
    public static final class Distributors extends PluginCompleter {
        public Distributors() {
            super("distributor");
        }
    }

    @Reference
    Halftone halftone;

    private final String kind;

    PluginCompleter(String kind) {
        this.kind = kind;
    }

    @Override
    public final int complete(Session session, CommandLine line, List<String> candidates) {
        List<String> names = halftone.plugins().stream().filter(p -> p.kind().equals(kind)).flatMap(p -> p.names().stream()).toList();
        return new StringsCompleter(names).complete(session, line, candidates);
    }
}
