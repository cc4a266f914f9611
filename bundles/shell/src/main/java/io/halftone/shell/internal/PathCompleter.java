package io.halftone.shell.internal;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.Candidate;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;

/**
 * Completes files and folders from where the commands take them: the session's current folder. Files are those with one of some
 * suffixes, folders are offered as the way to them; what begins with a dot is offered once a dot was typed. What has a blank in it is not
 * offered: Gogo, which would have to escape it, fails on it (ParsedLineImpl.escape) and takes the user's line away.
 */
abstract class PathCompleter implements Completer {
    /** Any file. */
    @Service
    public static final class Any extends PathCompleter {
        public Any() {
            super("");
        }
    }

    /** Folders alone. */
    @Service
    public static final class Folders extends PathCompleter {
        public Folders() {
            super();
        }
    }

    /** Checkpoints, LoRAs and other tensors. */
    @Service
    public static final class Tensors extends PathCompleter {
        public Tensors() {
            super(".safetensors", ".safetensors.index.json", ".pt");
        }
    }

    /** Exported models. */
    @Service
    public static final class Models extends PathCompleter {
        public Models() {
            super(".onnx");
        }
    }

    /** Engine files. */
    @Service
    public static final class Engines extends PathCompleter {
        public Engines() {
            super(".plan", ".engine", ".trt");
        }
    }

    /** Recipes. */
    @Service
    public static final class Recipes extends PathCompleter {
        public Recipes() {
            super(".yaml", ".yml", ".json");
        }
    }

    /** JSON. */
    @Service
    public static final class Json extends PathCompleter {
        public Json() {
            super(".json");
        }
    }

    /** Pictures. */
    @Service
    public static final class Pictures extends PathCompleter {
        public Pictures() {
            super(".png");
        }
    }

    /** Tables. */
    @Service
    public static final class Tables extends PathCompleter {
        public Tables() {
            super(".csv");
        }
    }

    private final List<String> suffixes;

    /** With the suffixes of files, in lower case; none for folders alone, an empty one for every file. */
    PathCompleter(String... suffixes) {
        this.suffixes = List.of(suffixes);
    }

    @Override
    public final int complete(Session session, CommandLine line, List<String> candidates) {
        List<Candidate> found = new ArrayList<>();
        completeCandidates(session, line, found);
        found.forEach(candidate -> candidates.add(candidate.value()));
        return line.getBufferPosition() - line.getArgumentPosition();
    }

    @Override
    public final void completeCandidates(Session session, CommandLine line, List<Candidate> candidates) {
        String typed = line.getCursorArgument() == null ? "" : line.getCursorArgument().substring(0, line.getArgumentPosition());
        String way = typed.substring(0, typed.lastIndexOf('/') + 1);
        boolean hidden = typed.startsWith(".", way.length());
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(CurrentFolder.of(session).resolve(way))) {
            for (Path path : paths) {
                String name = path.getFileName().toString();
                boolean folder = Files.isDirectory(path);
                if ((hidden || !name.startsWith(".")) && (folder || isWanted(name)) && (way + name).chars().noneMatch(Character::isWhitespace)) {
                    candidates.add(folder ? new Candidate(way + name + "/", name + "/", null, null, "/", null, false)
                        : new Candidate(way + name, name, null, null, null, null, true));
                }
            }
        } catch (IOException | InvalidPathException e) {
            candidates.clear();   // where there is no folder there is nothing to offer
        }
    }

    private boolean isWanted(String name) {
        return suffixes.stream().anyMatch(name.toLowerCase(Locale.ROOT)::endsWith);
    }
}
