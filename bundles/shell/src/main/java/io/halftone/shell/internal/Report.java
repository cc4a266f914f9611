package io.halftone.shell.internal;

import java.io.PrintStream;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What a command tells.
 *
 * @param values for programs: strings, numbers, booleans, lists and maps, in the order in which they are written
 * @param text   for people: writes it to the given stream
 */
record Report(Map<String, Object> values, Consumer<PrintStream> text) {}
