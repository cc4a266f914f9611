package io.halftone.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.Job;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HelpTest {
    @TempDir
    Path folder;

    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

    static Stream<Supplier<HalftoneCommand>> commands() {
        return Stream.of(QuickstartCommand::new, QuantizeCommand::new, ExportCommand::new, BuildCommand::new, GenerateCommand::new,
            CompareCommand::new,
            PlanCommand::new, ModelsCommand::new, PluginsCommand::new, SynthesizeCommand::new, FuseLoraCommand::new, UnfuseLoraCommand::new,
            CheckLoraCommand::new, AutoCommand::new, ExplainCommand::new, MergeStatsCommand::new, PresetsCommand::new, DoctorCommand::new,
            BenchmarkCommand::new, VerifyCommand::new, SignCommand::new, JobsCommand::new, JobCancelCommand::new, JobWatchCommand::new, InspectCommand::new,
            EvaluateCommand::new, EnginesCommand::new);
    }

    @Test
    void noCommandIsLeftOut() throws Exception {
        Path classes = Path.of(HalftoneCommand.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        Set<Class<?>> all = new HashSet<>();
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".class")).toList()) {
                String name = classes.relativize(file).toString().replace('/', '.');
                Class<?> type = Class.forName(name.substring(0, name.length() - ".class".length()));
                if (type.getAnnotation(Command.class) != null) {
                    all.add(type);
                }
            }
        }
        assertEquals(all, commands().map(command -> command.get().getClass()).collect(Collectors.toSet()));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void showsExamplesThatRun(Supplier<HalftoneCommand> command) throws Exception {
        String name = command.get().getClass().getAnnotation(Command.class).name();
        List<String> examples = description(command.get().getClass()).lines().filter(line -> line.startsWith("  ")).toList();

        assertFalse(examples.isEmpty());
        for (String example : examples) {
            List<String> words = words(example);
            assertEquals("halftone:" + name, words.get(0));
            Files.writeString(folder.resolve("prompts.txt"), "a small green ring\n");
            var console = new Console(folder);
            console.halftone.formats.add("fp8");
            console.halftone.jobs.add(JobCommandsTest.job("quantize-3", Job.State.DONE));
            console.run(command.get(), words.subList(1, words.size()).toArray(String[]::new));
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void isFoundByTheShell(Supplier<HalftoneCommand> command) {
        Class<?> type = command.get().getClass();

        assertNotNull(type.getAnnotation(Service.class));
        assertEquals("halftone", type.getAnnotation(Command.class).scope());
    }

    @ParameterizedTest
    @MethodSource("commands")
    void printsEveryOption(Supplier<HalftoneCommand> command) throws Exception {
        String help = new Console(Path.of("/data")).help(command.get());

        assertTrue(help.contains("Examples:"), help);
        for (Class<?> type = command.get().getClass(); type != Object.class; type = type.getSuperclass()) {
            for (var field : type.getDeclaredFields()) {
                var option = field.getAnnotation(Option.class);
                assertTrue(option == null || help.contains(option.name()), () -> option.name() + " in " + help);
            }
        }
    }

    private static String description(Class<?> type) throws Exception {
        String resource = type.getAnnotation(Command.class).detailedDescription().substring("classpath:".length());
        try (var in = type.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        var word = WORD.matcher(line);
        while (word.find()) {
            words.add(word.group(1) == null ? word.group(2) : word.group(1));
        }
        return words;
    }
}
