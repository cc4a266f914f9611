package io.halftone.shell.internal;

import io.halftone.api.Halftone;
import io.halftone.api.JobException;
import io.halftone.shell.CommandCall;
import io.halftone.shell.CommandInfo;
import io.halftone.shell.Commands;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.console.Session;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Runs the console's own command classes, given their options and a session that is no console. */
@Component(service = Commands.class)
public final class ShellCommands implements Commands {
    private static final Map<String, Supplier<HalftoneCommand>> COMMANDS = Stream.<Supplier<HalftoneCommand>>of(QuantizeCommand::new,
        GenerateCommand::new, CompareCommand::new, EvaluateCommand::new, ExportCommand::new, BuildCommand::new, BenchmarkCommand::new,
        AutoCommand::new, PlanCommand::new, DoctorCommand::new, ModelsCommand::new,
        PluginsCommand::new, PresetsCommand::new)
        .collect(Collectors.toMap(made -> name(made.get()), made -> made, (one, other) -> one, TreeMap::new));

    private final Halftone halftone;

    @Activate
    public ShellCommands(@Reference Halftone halftone) {
        this.halftone = halftone;
    }

    private static String name(HalftoneCommand command) {
        return command.getClass().getAnnotation(Command.class).name();
    }

    @Override
    public List<CommandInfo> commands() {
        return COMMANDS.values().stream().map(Supplier::get).map(command -> new CommandInfo(name(command),
            command.getClass().getAnnotation(Command.class).description(), command instanceof JobCommand, CommandOptions.of(command.getClass())))
            .sorted(Comparator.comparing(CommandInfo::name)).toList();
    }

    @Override
    public String run(CommandCall call) throws IOException, InterruptedException, JobException {
        HalftoneCommand command = Optional.ofNullable(COMMANDS.get(call.command())).map(Supplier::get).orElseThrow(() ->
            new IllegalArgumentException("command: found " + call.command() + "; expected one of " + String.join(", ", COMMANDS.keySet())));
        CommandOptions.give(command, call.options());
        command.halftone = halftone;
        command.session = session(call.folders().current());
        command.folders = call.folders();
        command.started = call.started();
        command.err = new PrintStream(PrintStream.nullOutputStream());
        command.out = command.err;
        try {
            return command.json();
        } catch (IOException | InterruptedException | JobException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(call.command() + ": " + e.getMessage(), e);
        }
    }

    /** A session without a terminal, in which nothing is set. */
    private static Session session(Path folder) {
        return (Session) Proxy.newProxyInstance(ShellCommands.class.getClassLoader(), new Class<?>[] {Session.class},
            (proxy, method, arguments) -> method.getName().equals("currentDir") ? folder : null);
    }
}
