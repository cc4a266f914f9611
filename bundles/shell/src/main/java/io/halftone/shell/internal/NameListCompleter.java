package io.halftone.shell.internal;

import io.halftone.api.Halftone;
import java.util.List;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.Candidate;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;

/** Completes names with commas between them: the last one. */
abstract class NameListCompleter implements Completer {
    /** Number formats. */
    @Service
    public static final class Formats extends NameListCompleter {
        @Override
        List<String> names() {
            return halftone.plugins().stream().filter(plugin -> plugin.kind().equals("format")).flatMap(plugin -> plugin.names().stream()).toList();
        }
    }

    /** Components of pipelines that have weights. */
    @Service
    public static final class Components extends NameListCompleter {
        @Override
        List<String> names() {
            return List.of("all", "unet", "transformer", "vae", "text_encoder", "text_encoder_2", "text_encoder_3");
        }
    }

    @Reference
    Halftone halftone;

    abstract List<String> names();

    @Override
    public final int complete(Session session, CommandLine line, List<String> candidates) {
        String typed = line.getCursorArgument() == null ? "" : line.getCursorArgument().substring(0, line.getArgumentPosition());
        String before = typed.substring(0, typed.lastIndexOf(',') + 1);
        List<String> taken = List.of(before.split(","));
        names().stream().filter(name -> !taken.contains(name)).map(name -> before + name).filter(text -> text.startsWith(typed)).sorted()
            .forEach(candidates::add);
        return line.getBufferPosition() - line.getArgumentPosition();
    }

    @Override
    public final void completeCandidates(Session session, CommandLine line, List<Candidate> candidates) {
        List<String> texts = new java.util.ArrayList<>();
        complete(session, line, texts);
        texts.forEach(text -> candidates.add(new Candidate(text, text.substring(text.lastIndexOf(',') + 1), null, null, ",", null, false)));
    }
}
