package io.halftone.shell;

import java.util.List;

/**
 * A command.
 *
 * @param name        without the scope
 * @param description in a line
 * @param startsJob   whether it begins a job
 * @param options     what it can be given, by name
 */
public record CommandInfo(String name, String description, boolean startsJob, List<OptionInfo> options) {
    public CommandInfo {
        options = List.copyOf(options);
    }

    /** What a value is. */
    public enum Kind { TEXT, INTEGER, NUMBER, FLAG }

    /**
     * An option of a command.
     *
     * @param name        without the dashes
     * @param kind        what a value of it is
     * @param several     whether it takes several values
     * @param required    whether the command needs it
     * @param description in a line
     * @param usually     what counts where it is not given, in words; empty where the description says it
     * @param values      the values that are proposed; empty where there are too many
     */
    public record OptionInfo(String name, Kind kind, boolean several, boolean required, String description, String usually, List<String> values) {
        public OptionInfo {
            values = List.copyOf(values);
        }
    }
}
