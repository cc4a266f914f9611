package io.halftone.shell.internal;

import io.halftone.api.Halftone;
import io.halftone.api.ModelInfo;
import java.util.List;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.StringsCompleter;

/** Completes the names of the pipelines in the model folders, and of presets. */
@Service
public final class ModelCompleter implements Completer {
    @Reference
    Halftone halftone;

    @Override
    public int complete(Session session, CommandLine line, List<String> candidates) {
        Stream<String> names = Stream.concat(halftone.models().stream().map(ModelInfo::name), halftone.presets().stream());
        return new StringsCompleter(names.distinct().toList()).complete(session, line, candidates);
    }
}
