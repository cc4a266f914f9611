package io.halftone.shell.internal;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import org.apache.karaf.shell.support.table.ShellTable;

/**
 * How results are written: for people a fact a line, and tables; for programs absolute paths, bytes, and seconds unless a name says
 * otherwise.
 */
final class Facts {
    private Facts() {}

    /** A line: what it is, and the value. */
    static void line(PrintStream out, String name, String value) {
        out.println(String.format(Locale.ROOT, "%-12s  %s", name, value));
    }

    /** A table with those columns. */
    static ShellTable table(List<String> columns) {
        var table = new ShellTable();
        columns.forEach(table::column);
        return table;
    }

    static String seconds(double seconds) {
        return String.format(Locale.ROOT, "%.1f s", seconds);
    }

    static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }

    /** A part of a whole, 0 to 1, in percent. */
    static String percent(double part) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * part);
    }

    static String decibels(double psnr) {
        return Double.isInfinite(psnr) ? "inf" : String.format(Locale.ROOT, "%.2f", psnr);
    }

    static String yesOrNo(boolean value) {
        return value ? "yes" : "no";
    }

    /** The text; null, JSON's word for nothing, where it is empty. */
    static String orNull(String text) {
        return text.isEmpty() ? null : text;
    }

    /** A constant as it is written for users: in lower case, with hyphens. */
    static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
