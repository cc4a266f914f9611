package io.halftone.shell.internal;

import io.halftone.api.LoraSource;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The option {@code --lora FILE[:SCALE]}. A file whose own name ends with a colon and a number needs its scale written. */
final class LoraOption {
    static final String HELP = "A LoRA to fuse into the weights as they are read: FILE or FILE:SCALE; may be given more than once";

    private static final Pattern SCALED = Pattern.compile("(.+):([+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?)");

    private LoraOption() {}

    /**
     * The LoRAs in the order given; scale 1 where none was.
     *
     * @param path makes a path absolute
     */
    static List<LoraSource> parse(List<String> given, UnaryOperator<String> path) {
        return given.stream().map(text -> {
            Matcher scaled = SCALED.matcher(text);
            return scaled.matches() ? new LoraSource(path.apply(scaled.group(1)), Double.parseDouble(scaled.group(2)))
                : new LoraSource(path.apply(text), 1);
        }).toList();
    }
}
