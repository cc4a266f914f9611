package io.halftone.tokenizer.clip.internal;

import java.util.Comparator;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Tokens that are found in a text as they are, before it is split into words; the longest first where several fit. */
final class AddedTokens {
    private final Map<String, Integer> ids;
    private final Pattern any;

    /**
     * Tokens to look for.
     *
     * @param ids by the text that stands for the token; none empty
     */
    AddedTokens(Map<String, Integer> ids) {
        this.ids = Map.copyOf(ids);
        any = Pattern.compile(ids.keySet().stream()
            .sorted(Comparator.comparingInt(String::length).reversed())
            .map(Pattern::quote)
            .collect(Collectors.joining("|")));
    }

    /** Hands on, in order, the ids of the tokens in a text and what lies between them. */
    void split(String text, LongConsumer found, Consumer<String> between) {
        int from = 0;
        if (!ids.isEmpty()) {
            for (var matcher = any.matcher(text); matcher.find(); from = matcher.end()) {
                between.accept(text.substring(from, matcher.start()));
                found.accept(ids.get(matcher.group()));
            }
        }
        between.accept(text.substring(from));
    }
}
