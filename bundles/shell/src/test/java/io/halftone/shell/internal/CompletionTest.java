package io.halftone.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every option and argument whose values are names, files or of a set completes. */
class CompletionTest {
    /** What only the user knows. */
    private static final Set<String> FREE = Set.of("--prompt", "--negative-prompt", "--slice", "--extent", "--min-shapes", "--opt-shapes", "--max-shapes",
        "--memPoolSize", "--max-shard-size", "--layout-version", "--seeds", "--variants");
    /** Numbers of a set. */
    private static final Set<String> NUMBERS = Set.of("--builder-optimization-level", "--trtexec-version", "--ids-rank");

    static java.util.stream.Stream<Supplier<HalftoneCommand>> commands() {
        return HelpTest.commands();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyValueThatIsNotFreeCompletes(Supplier<HalftoneCommand> command) {
        Set<String> without = new TreeSet<>();
        for (Field field : fields(command.get().getClass())) {
            String name = name(field);
            boolean number = field.getType().isPrimitive() || Number.class.isAssignableFrom(field.getType());
            if (!name.isEmpty() && !FREE.contains(name) && (!number || NUMBERS.contains(name)) && field.getAnnotation(Completion.class) == null) {
                without.add(name);
            }
        }
        assertEquals(Set.of(), without);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCompleterIsOneThatKarafCanMake(Supplier<HalftoneCommand> command) throws Exception {
        for (Field field : fields(command.get().getClass())) {
            Completion completion = field.getAnnotation(Completion.class);
            if (completion == null) {
                continue;
            }
            if (completion.value() == StringsCompleter.class) {
                assertFalse(completion.values().length == 0, field.toString());
            } else {
                AnnotatedElement completer = completion.value();
                assertNotNull(completer.getAnnotation(Service.class), field.toString());
                completion.value().getConstructor();
            }
        }
    }

    private static List<Field> fields(Class<?> command) {
        List<Field> fields = new ArrayList<>();
        for (Class<?> type = command; type != Object.class; type = type.getSuperclass()) {
            fields.addAll(List.of(type.getDeclaredFields()));
        }
        return fields;
    }

    private static String name(Field field) {
        Option option = field.getAnnotation(Option.class);
        Argument argument = field.getAnnotation(Argument.class);
        return option != null ? option.name() : argument != null ? argument.name() : "";
    }
}
