package io.halftone.web.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.impl.action.command.DefaultActionPreparator;
import org.junit.jupiter.api.Test;

class WebCommandTest {
    private final Session session = (Session) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Session.class},
        (proxy, method, arguments) -> null);

    /** Whether Karaf would run the command so, as it does without --help. */
    private boolean runs(List<?> arguments) throws Exception {
        return new DefaultActionPreparator().prepare(new WebCommand(), session, List.copyOf(arguments));
    }

    /** What Karaf prints for --help; it writes to System.out, as for its console. */
    private String help() throws Exception {
        PrintStream usual = System.out;
        var text = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(text, true, StandardCharsets.UTF_8));
            assertFalse(runs(List.of("--help")));
        } finally {
            System.setOut(usual);
        }
        return text.toString(StandardCharsets.UTF_8);
    }

    @Test
    void itsHelpShowsOptionsAndExamplesThatRun() throws Exception {
        String help = help();

        for (var field : WebCommand.class.getDeclaredFields()) {
            var option = field.getAnnotation(Option.class);
            assertTrue(option == null || help.contains(option.name()), help);
        }
        assertTrue(help.contains("Examples:"), help);
        List<String> examples = help.substring(help.indexOf("Examples:")).lines().map(String::strip).filter(line -> line.startsWith("halftone:web")).toList();
        assertEquals(2, examples.size(), help);
        for (String example : examples) {
            List<String> words = List.of(example.split(" "));
            assertTrue(runs(words.subList(1, words.size())), example);
        }
    }
}
