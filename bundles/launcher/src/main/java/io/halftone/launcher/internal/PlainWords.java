package io.halftone.launcher.internal;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What Karaf and the reader of JSON say, in the words of this program and on one line that a terminal takes as it is. */
final class PlainWords {
    private static final Pattern UNDEFINED = Pattern.compile("Undefined option: (.*)");
    private static final Pattern MISSING = Pattern.compile("Missing value for option: (.*)");
    private static final Pattern REQUIRED = Pattern.compile("(?:Option|Argument) (.*) is required");
    private static final Pattern UNCONVERTED = Pattern.compile("Unable to convert (?:option|argument) (\\S+) with value '(.*)' to type (\\S+)");
    private static final Pattern CONTROL = Pattern.compile("\\p{Cc}");
    /** Settings of the reader of JSON, which nobody can change here. */
    private static final Pattern INSIDES = Pattern.compile(", from `StreamReadConstraints[^`]*`| \\(start marker at \\[Source: [^\\]]*\\]\\)");
    private static final Map<String, String> KINDS = Map.of("int", "a whole number", "java.lang.Integer", "a whole number", "long", "a whole number",
        "java.lang.Long", "a whole number", "double", "a number", "java.lang.Double", "a number");

    private PlainWords() {
    }

    /** The message, on one line. */
    static String of(String message) {
        String line = INSIDES.matcher(message.strip().replaceAll("\\s*\\R\\s*", " ")).replaceAll("");
        return CONTROL.matcher(karaf(line)).replaceAll(c -> Matcher.quoteReplacement(String.format("\\u%04x", (int) c.group().charAt(0))));
    }

    private static String karaf(String line) {
        Matcher undefined = UNDEFINED.matcher(line);
        if (undefined.matches()) {
            return undefined.group(1) + ": found no such option; expected one that --help lists";
        }
        Matcher missing = MISSING.matcher(line);
        if (missing.matches()) {
            return missing.group(1) + ": found nothing behind it; expected its value";
        }
        Matcher required = REQUIRED.matcher(line);
        if (required.matches()) {
            return required.group(1) + ": found none; expected it, see --help";
        }
        Matcher unconverted = UNCONVERTED.matcher(line);
        if (unconverted.matches()) {
            return unconverted.group(1) + ": found " + unconverted.group(2) + "; expected " + KINDS.getOrDefault(unconverted.group(3), "another value");
        }
        return line.equals("Too many arguments specified") ? "arguments: found too many; expected what --help lists" : line;
    }
}
