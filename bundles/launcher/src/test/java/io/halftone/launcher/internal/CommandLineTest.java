package io.halftone.launcher.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.apache.karaf.shell.api.console.Command;
import org.apache.karaf.shell.api.console.Registry;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.CommandException;
import org.junit.jupiter.api.Test;

class CommandLineTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final List<Command> commands = new ArrayList<>(List.of(command("shell", "ls", arguments -> null)));
    private List<Object> heard;

    /** What a command does with its arguments. */
    interface Body {
        Object execute(List<Object> arguments) throws Exception;
    }

    @Test
    void handsArgumentsOnAsTheyAre() {
        add("plan", arguments -> null);
        List<String> odd = List.of("", " two  words ", "a\"b'c", "$HOME `x` \\ {1,2} (a) | > ; #", "line\nbreak", "ünï 图");
        List<String> line = new ArrayList<>(List.of("plan"));
        line.addAll(odd);
        assertEquals(0, run(line.toArray(String[]::new)));
        assertEquals(odd, heard);
        assertEquals("", text(err));
    }

    @Test
    void takesTheNameWithItsScopeToo() {
        add("plan", arguments -> null);
        assertEquals(0, run("halftone:plan", "--json"));
        assertEquals(List.of("--json"), heard);
    }

    @Test
    void namesTheCommandsWhenOneIsUnknown() {
        add("plan", arguments -> null);
        add("models", arguments -> null);
        assertEquals(2, run("plann"));
        assertEquals("halftone: command: found plann; expected one of models, plan\n", text(err));
    }

    @Test
    void doesNotRunCommandsOfOtherScopes() {
        add("plan", arguments -> null);
        assertEquals(2, run("shell:ls"));
        assertEquals("halftone: command: found shell:ls; expected one of plan\n", text(err));
    }

    @Test
    void tellsUsageWithoutACommand() {
        add("plan", arguments -> null);
        assertEquals(2, run());
        assertTrue(text(err).startsWith("usage: halftone COMMAND [OPTION...]\n\n  plan  what plan does\n"), text(err));
        assertEquals("", text(out));
    }

    @Test
    void tellsUsageOnStandardOutputWhenAsked() {
        add("plan", arguments -> null);
        assertEquals(0, run("--help"));
        assertTrue(text(out).startsWith("usage: halftone COMMAND [OPTION...]\n\n  plan  what plan does\n"), text(out));
        assertEquals("", text(err));
    }

    @Test
    void printsACommandsHelpPlainAndAsItIsTypedHere() {
        PrintStream usual = System.out;
        add("plan", arguments -> {
            System.out.print("\u001b[1mSYNTAX\u001b[22m halftone:plan [options]");
            return null;
        });
        assertEquals(0, run("plan", "--path", "x", "--help"));
        assertEquals("SYNTAX halftone plan [options]", text(out));
        assertEquals(List.of("--help"), heard);
        assertSame(usual, System.out);
    }

    @Test
    void helpOfACommandIsTheSame() {
        add("plan", arguments -> {
            System.out.print("plan's help");
            return null;
        });
        assertEquals(0, run("help", "plan"));
        assertEquals("plan's help", text(out));
    }

    @Test
    void anOptionThatIsNotThereIsWrongUsage() {
        add("plan", arguments -> {
            throw new CommandException("long and coloured", "Undefined option: --foo");
        });
        assertEquals(2, run("plan", "--foo"));
        assertEquals("halftone: --foo: found no such option; expected one that --help lists\n", text(err));
    }

    @Test
    void anIllegalArgumentIsWrongUsage() {
        add("plan", arguments -> {
            throw new IllegalArgumentException("level: found 9; expected 1, 2, 2.5, 3 or 4");
        });
        assertEquals(2, run("plan"));
        assertEquals("halftone: level: found 9; expected 1, 2, 2.5, 3 or 4\n", text(err));
    }

    @Test
    void aFailureIsOneLineWithoutAStackTrace() {
        add("export", arguments -> {
            throw new IOException("out: found a file;\n  expected a folder\n");
        });
        assertEquals(1, run("export"));
        assertEquals("halftone: out: found a file; expected a folder\n", text(err));
    }

    @Test
    void aFailureWithoutAMessageIsNamed() {
        add("export", arguments -> {
            throw new OutOfMemoryError();
        });
        assertEquals(1, run("export"));
        assertEquals("halftone: OutOfMemoryError\n", text(err));
    }

    @Test
    void anInterruptedCommandHasTheStatusOfTheSignal() {
        add("export", arguments -> {
            throw new InterruptedException("export: cancelled");
        });
        assertEquals(130, run("export"));
        assertEquals("halftone: export: cancelled\n", text(err));
    }

    @Test
    void aCancelledJobHasTheStatusOfTheSignal() {
        add("export", arguments -> {
            throw new CancellationException("export: cancelled");
        });
        assertEquals(130, run("export"));
    }

    @Test
    void saysThatThereIsNoCommand() {
        assertEquals(1, run("plan"));
        assertEquals("halftone: start: found no command; expected those of the bundle io.halftone.shell\n", text(err));
    }

    private int run(String... arguments) {
        Registry registry = proxy(Registry.class, (method, given) -> method.equals("getCommands") ? commands : null);
        Session session = proxy(Session.class, (method, given) -> null);
        return new CommandLine(registry, stream(out), stream(err)).run(session, List.of(arguments));
    }

    private void add(String name, Body body) {
        commands.add(command("halftone", name, arguments -> {
            heard = arguments;
            return body.execute(arguments);
        }));
    }

    private static Command command(String scope, String name, Body body) {
        return proxy(Command.class, (method, given) -> switch (method) {
            case "getScope" -> scope;
            case "getName" -> name;
            case "getDescription" -> "what " + name + " does";
            case "execute" -> {
                @SuppressWarnings("unchecked")
                List<Object> arguments = (List<Object>) given[1];
                yield body.execute(arguments);
            }
            default -> null;
        });
    }

    /** What a proxy answers to a method, by its name. */
    private interface Answer {
        Object to(String method, Object[] given) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, Answer answer) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
            (self, method, given) -> answer.to(method.getName(), given)));
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }
}
