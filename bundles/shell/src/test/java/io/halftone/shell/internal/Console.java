package io.halftone.shell.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.impl.action.command.DefaultActionPreparator;

/** Runs a command as Karaf does, with its own reading of options, in a session without a terminal whose current folder is given. */
final class Console {
    final FakeHalftone halftone = new FakeHalftone();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Session session;

    Console(Path folder) {
        session = (Session) Proxy.newProxyInstance(Console.class.getClassLoader(), new Class<?>[] {Session.class},
            (proxy, method, arguments) -> method.getName().equals("currentDir") ? folder : null);
    }

    /** Runs it and returns what it printed on standard output. */
    String run(HalftoneCommand command, String... arguments) throws Exception {
        command.halftone = halftone;
        command.session = session;
        command.out = new PrintStream(out, true, StandardCharsets.UTF_8);
        command.err = new PrintStream(err, true, StandardCharsets.UTF_8);
        if (!new DefaultActionPreparator().prepare(command, session, List.copyOf(List.<Object>of((Object[]) arguments)))) {
            throw new IllegalStateException("found --help; expected a command to run");
        }
        if (command.execute() != null) {
            throw new IllegalStateException("found a result, which the shell would print; expected null");
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    /** What Karaf prints for {@code --help}; it writes to System.out, as for its console. */
    String help(HalftoneCommand command) throws Exception {
        PrintStream usual = System.out;
        var text = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(text, true, StandardCharsets.UTF_8));
            if (new DefaultActionPreparator().prepare(command, session, List.of("--help"))) {
                throw new IllegalStateException("found a command to run; expected help");
            }
        } finally {
            System.setOut(usual);
        }
        return text.toString(StandardCharsets.UTF_8);
    }

    /** Runs it with {@code --json}; everything on standard output must be one object. */
    JsonNode json(HalftoneCommand command, String... arguments) throws Exception {
        String[] all = java.util.Arrays.copyOf(arguments, arguments.length + 1);
        all[arguments.length] = "--json";
        return parse(run(command, all));
    }

    static JsonNode parse(String text) throws IOException {
        try (var parser = new ObjectMapper().createParser(text)) {
            JsonNode node = parser.readValueAsTree();
            if (!node.isObject() || parser.nextToken() != null) {
                throw new IllegalStateException("found " + text + "; expected one object");
            }
            return node;
        }
    }

    /** What was printed on standard error. */
    String errors() {
        return err.toString(StandardCharsets.UTF_8);
    }

    /** The only request that was made. */
    <R> R request(Class<R> type) {
        if (halftone.requests.size() != 1) {
            throw new IllegalStateException("found " + halftone.requests + "; expected one request");
        }
        return type.cast(halftone.requests.get(0));
    }
}
