package io.halftone.itests.bundles;

import aQute.bnd.service.diff.Delta;
import aQute.bnd.service.diff.Tree;
import aQute.bnd.service.diff.Type;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What bnd sees of a package, as text: a line for each type, member and property of one, indented by depth and sorted. Behind it
 * stands what its coming and its going mean for a version, where that is not a minor and a major change.
 */
final class Api {
    private static final int DEPTH = 2;
    private static final String USUAL = " [MINOR/MAJOR]";

    private Api() { }

    /** The tree without what a type has from the JDK: that is another with another JDK, and no matter of ours. */
    static Tree.Data own(Tree.Data data) {
        Set<String> inherited = new TreeSet<>(methods("java.lang.Object"));
        for (Tree.Data child : data.children) {
            if ((child.type == Type.EXTENDS || child.type == Type.IMPLEMENTS) && child.name.startsWith("java.")) {
                inherited.addAll(methods(child.name));
            }
        }
        data.children = Stream.of(data.children).filter(child -> child.type != Type.METHOD || !inherited.contains(child.name))
            .filter(child -> child.type != Type.ANNOTATED || !child.name.startsWith("jdk."))
            .map(Api::own).sorted(Comparator.comparing((Tree.Data child) -> child.type).thenComparing(child -> child.name)).toArray(Tree.Data[]::new);
        return data;
    }

    private static List<String> methods(String type) {
        try {
            return Arrays.stream(Class.forName(type).getDeclaredMethods())
                .map(m -> m.getName() + "(" + String.join(",", Arrays.stream(m.getParameterTypes()).map(Class::getTypeName).toList()) + ")").toList();
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(type + ": found no such class; expected the JDK's", e);
        }
    }

    static List<String> lines(Tree.Data data) {
        List<String> lines = new ArrayList<>();
        write(data, 0, lines);
        return lines;
    }

    private static void write(Tree.Data data, int depth, List<String> lines) {
        String deltas = " [" + data.add + "/" + data.rem + "]";
        lines.add(" ".repeat(depth * DEPTH) + data.type.name().toLowerCase(java.util.Locale.ROOT) + " " + data.name + (deltas.equals(USUAL) ? "" : deltas));
        for (Tree.Data child : data.children) {
            write(child, depth + 1, lines);
        }
    }

    static Tree.Data parse(List<String> lines) {
        Deque<Tree.Data> open = new ArrayDeque<>();
        for (String line : lines) {
            int depth = (line.length() - line.stripLeading().length()) / DEPTH;
            while (open.size() > depth) {
                open.removeLast();
            }
            Tree.Data data = node(line.strip());
            if (!open.isEmpty()) {
                Tree.Data parent = open.getLast();
                parent.children = Arrays.copyOf(parent.children, parent.children.length + 1);
                parent.children[parent.children.length - 1] = data;
            }
            open.addLast(data);
        }
        return open.getFirst();
    }

    private static Tree.Data node(String line) {
        String text = line.endsWith("]") && line.contains(" [") ? line : line + USUAL;
        int blank = text.indexOf(' ');
        int bracket = text.lastIndexOf(" [");
        String[] deltas = text.substring(bracket + 2, text.length() - 1).split("/");
        return data(Type.valueOf(text.substring(0, blank).toUpperCase(java.util.Locale.ROOT)), text.substring(blank + 1, bracket),
            Delta.valueOf(deltas[0]), Delta.valueOf(deltas[1]));
    }

    static Tree.Data data(Type type, String name, Delta add, Delta rem, Tree.Data... children) {
        Tree.Data data = new Tree.Data();
        data.type = type;
        data.name = name;
        data.add = add;
        data.rem = rem;
        data.children = children;
        return data;
    }
}
