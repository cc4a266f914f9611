package io.halftone.shell.internal;

import io.halftone.api.Halftone;
import java.util.List;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.StringsCompleter;

/** Completes the names of engines, of those too that cannot be had here: a user may ask why. */
@Service
public final class EngineCompleter implements Completer {
    private static final String ENGINE = "engine";

    @Reference
    Halftone halftone;

    @Override
    public int complete(Session session, CommandLine line, List<String> candidates) {
        Stream<String> there = halftone.plugins().stream().filter(p -> p.kind().equals(ENGINE)).flatMap(p -> p.names().stream());
        Stream<String> absent = halftone.absentPlugins().stream().filter(a -> a.kind().equals(ENGINE)).map(a -> a.name());
        return new StringsCompleter(Stream.concat(there, absent).distinct().toList()).complete(session, line, candidates);
    }
}
