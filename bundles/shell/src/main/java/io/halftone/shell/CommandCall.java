package io.halftone.shell;

import io.halftone.api.Job;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A command and what it is given.
 *
 * @param command its name, without the scope
 * @param options what each option is given, by its name without the dashes; a flag is given {@code true}. Only options that take several
 *                values may have more than one
 * @param folders where paths lie
 * @param started hears of each job that the command begins, on the thread that runs it
 */
public record CommandCall(String command, Map<String, List<String>> options, Folders folders, Consumer<Job<?>> started) {
    public CommandCall {
        options = options.entrySet().stream().collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, e -> List.copyOf(e.getValue())));
    }

    /** Where the paths that a command is given lie; all of them go through here. */
    @ConsumerType
    public interface Folders {
        /** The folder that the command works in: where it writes what it is given no path for. */
        Path current();

        /**
         * The file or folder that is meant.
         *
         * @param option the option that has it, without dashes
         * @param given  as written; not blank
         * @return an absolute path
         * @throws IllegalArgumentException if it is none, or may not be used
         */
        Path resolve(String option, String given);
    }
}
