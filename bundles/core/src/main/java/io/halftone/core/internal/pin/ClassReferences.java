package io.halftone.core.internal.pin;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Set;

/** The classes that a class file names: what its class may make the virtual machine load. Source: JVM specification, 4.4 and 4.7.9.1. */
final class ClassReferences {
    private static final int MAGIC = 0xCAFEBABE;
    private static final int UTF8 = 1;
    private static final int LONG = 5;
    private static final int DOUBLE = 6;
    private static final int CLASS = 7;
    private static final int STRING = 8;
    private static final int METHOD_HANDLE = 15;
    private static final int METHOD_TYPE = 16;
    private static final int MODULE = 19;
    private static final int PACKAGE = 20;
    private static final int LAST = 20;

    private ClassReferences() {}

    /**
     * The names, with dots, of the classes in its constants, in descriptors, in types of lambdas and in generic signatures; those of
     * {@code java} packages are left out. A string that looks like a descriptor may add a name that is none.
     *
     * @param classFile read, not closed
     * @throws IOException if it is no class file
     */
    static Set<String> of(InputStream classFile) throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(classFile));
        if (in.readInt() != MAGIC) {
            throw new IOException("class file: found another first word; expected cafebabe");
        }
        in.readInt();   // version
        int count = in.readUnsignedShort();
        String[] texts = new String[count];
        int[] classes = new int[count];
        for (int i = 1; i < count; i++) {
            int tag = in.readUnsignedByte();
            switch (tag) {
                case UTF8 -> texts[i] = in.readUTF();
                case CLASS -> classes[i] = in.readUnsignedShort();
                case STRING, METHOD_TYPE, MODULE, PACKAGE -> in.readUnsignedShort();
                case METHOD_HANDLE -> in.skipNBytes(3);
                case LONG, DOUBLE -> {
                    in.readLong();
                    i++;   // takes two places
                }
                default -> {
                    if (tag == 0 || tag > LAST) {
                        throw new IOException("constant pool: found tag " + tag + "; expected 1 to " + LAST);
                    }
                    in.readInt();
                }
            }
        }
        Set<String> names = new HashSet<>();
        for (int i = 1; i < count; i++) {
            if (classes[i] != 0 && texts[classes[i]].charAt(0) != '[') {
                add(texts[classes[i]], names);
            }
            if (texts[i] != null) {
                addTypes(texts[i], names);
            }
        }
        return names;
    }

    /** Class types of a descriptor or generic signature: from {@code L} to {@code ;} or to the type arguments. Arrays' names are such, too. */
    private static void addTypes(String text, Set<String> names) {
        if (text.indexOf(';') < 0 || "([L<".indexOf(text.charAt(0)) < 0) {
            return;
        }
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c != 'L' && c != 'T') {
                i++;
                continue;
            }
            int end = i + 1;
            while (end < text.length() && ";<.>:()".indexOf(text.charAt(end)) < 0) {
                end++;
            }
            if (c == 'L' && end > i + 1) {
                add(text.substring(i + 1, end), names);
            }
            i = end;
        }
    }

    private static void add(String name, Set<String> names) {
        if (!name.startsWith("java/")) {
            names.add(name.replace('/', '.'));
        }
    }
}
