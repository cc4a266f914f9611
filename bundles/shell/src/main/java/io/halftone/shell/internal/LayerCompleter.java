package io.halftone.shell.internal;

import io.halftone.api.Explanation;
import io.halftone.api.Halftone;
import java.util.Arrays;
import java.util.List;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.StringsCompleter;

/** Completes the names of the layers of the checkpoint that the same line names; they are in its header. */
@Service
public final class LayerCompleter implements Completer {
    private static final String CHECKPOINT = "--restore-from";

    @Reference
    Halftone halftone;

    @Override
    public int complete(Session session, CommandLine line, List<String> candidates) {
        List<String> words = Arrays.asList(line.getArguments());
        int option = words.indexOf(CHECKPOINT);
        if (option < 0 || option + 1 >= words.size()) {
            return -1;
        }
        try {
            String file = CurrentFolder.of(session).resolve(words.get(option + 1)).normalize().toString();
            List<String> layers = halftone.explain(file, "").stream().map(Explanation::layer).toList();
            return new StringsCompleter(layers, true).complete(session, line, candidates);
        } catch (IllegalArgumentException e) {
            return -1;   // no such checkpoint: the command will say so
        }
    }
}
