package io.halftone.shell.internal;

import io.halftone.api.Halftone;
import java.util.List;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.StringsCompleter;

/** Completes the names of presets. */
@Service
public final class PresetCompleter implements Completer {
    @Reference
    Halftone halftone;

    @Override
    public int complete(Session session, CommandLine line, List<String> candidates) {
        return new StringsCompleter(halftone.presets()).complete(session, line, candidates);
    }
}
