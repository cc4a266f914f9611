package io.halftone.shell.internal;

import io.halftone.shell.CommandInfo.Kind;
import io.halftone.shell.CommandInfo.OptionInfo;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.support.completers.StringsCompleter;

/** The options of a command's class and of those above it, set without a command line. */
final class CommandOptions {
    /** How results are shown, which a program has no use for. */
    private static final Set<String> OF_THE_CONSOLE = Set.of("--json", "--quiet");
    private static final Map<Class<?>, Kind> KINDS = Map.of(int.class, Kind.INTEGER, Integer.class, Kind.INTEGER, long.class, Kind.INTEGER,
        Long.class, Kind.INTEGER, double.class, Kind.NUMBER, Double.class, Kind.NUMBER, boolean.class, Kind.FLAG, String.class, Kind.TEXT,
        List.class, Kind.TEXT);

    private CommandOptions() {}

    private record Place(Field field, Option option) {
        String name() {
            return plain(option.name());
        }

        boolean isCalled(String name) {
            return name().equals(name) || Stream.of(option.aliases()).map(Place::plain).anyMatch(name::equals);
        }

        private static String plain(String name) {
            return name.replaceFirst("^--?", "");
        }
    }

    /** What there is, by name. */
    static List<OptionInfo> of(Class<? extends HalftoneCommand> type) {
        return places(type).stream().map(place -> {
            Option option = place.option();
            Completion completion = place.field().getAnnotation(Completion.class);
            List<String> values = completion != null && completion.value() == StringsCompleter.class ? List.of(completion.values()) : List.of();
            String usually = option.valueToShowInHelp().equals(Option.DEFAULT_STRING) ? "" : option.valueToShowInHelp();
            return new OptionInfo(place.name(), KINDS.get(place.field().getType()), option.multiValued(), option.required(), option.description(),
                usually, values);
        }).sorted(Comparator.comparing(OptionInfo::name)).toList();
    }

    /**
     * Gives a command its options.
     *
     * @throws IllegalArgumentException naming the option that there is not, that is missing, or whose value is none
     */
    static void give(HalftoneCommand command, Map<String, List<String>> options) {
        List<Place> places = places(command.getClass());
        Set<Place> given = new java.util.HashSet<>();
        for (String name : new TreeSet<>(options.keySet())) {
            Optional<Place> place = places.stream().filter(each -> each.isCalled(name)).findFirst();
            if (place.isEmpty()) {
                throw new IllegalArgumentException("options: found " + name + "; expected some of "
                    + String.join(", ", places.stream().map(Place::name).sorted().toList()));
            }
            if (!given.add(place.get())) {
                throw new IllegalArgumentException(name + ": found it by another of its names too; expected it once");
            }
            set(command, place.get(), name, options.get(name));
        }
        for (Place place : places) {
            if (place.option().required() && !given.contains(place)) {
                throw new IllegalArgumentException(place.name() + ": found none; expected it");
            }
        }
    }

    private static List<Place> places(Class<?> type) {
        List<Place> places = new ArrayList<>();
        for (Class<?> each = type; each != Object.class; each = each.getSuperclass()) {
            for (Field field : each.getDeclaredFields()) {
                Option option = field.getAnnotation(Option.class);
                if (option != null && !OF_THE_CONSOLE.contains(option.name())) {
                    places.add(new Place(field, option));
                }
            }
        }
        return places;
    }

    private static void set(HalftoneCommand command, Place place, String name, List<String> values) {
        if (!place.option().multiValued() && values.size() != 1) {
            throw new IllegalArgumentException(name + ": found " + values.size() + " values; expected one");
        }
        try {
            place.field().setAccessible(true);
            place.field().set(command, place.option().multiValued() ? values : value(place.field().getType(), name, values.get(0)));
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Object value(Class<?> type, String name, String text) {
        Kind kind = KINDS.get(type);
        try {
            return switch (kind) {
                case TEXT -> text;
                case NUMBER -> Double.valueOf(text);
                case FLAG -> {
                    if (!text.equals("true") && !text.equals("false")) {
                        throw refused(name, text, "true or false", null);
                    }
                    yield text.equals("true");
                }
                case INTEGER -> {
                    long number = Long.parseLong(text);
                    yield type == long.class || type == Long.class ? (Object) number : (Object) Math.toIntExact(number);
                }
            };
        } catch (NumberFormatException | ArithmeticException e) {
            throw refused(name, text, kind == Kind.NUMBER ? "a number" : "a whole number", e);
        }
    }

    private static IllegalArgumentException refused(String name, String text, String expected, Exception cause) {
        return new IllegalArgumentException(name + ": found " + text + "; expected " + expected, cause);
    }
}
