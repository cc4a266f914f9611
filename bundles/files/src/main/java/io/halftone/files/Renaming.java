package io.halftone.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Files that get their names together. The last of them is the one by which readers find the others: it goes first and comes last, so
 * that a reader finds the old files, none, or the new ones. Whoever comes upon it half done can do it again from its start.
 *
 * @param names    in the order in which they come
 * @param obsolete what goes, in this order, before the new files come
 */
record Renaming(List<String> names, List<String> obsolete) {
    private static final String COMES = "+";
    private static final String GOES = "-";
    private static final int MOST_BYTES = 16 << 20;

    Renaming {
        names = List.copyOf(names);
        obsolete = List.copyOf(obsolete);
        names.forEach(Renaming::requirePlain);
        obsolete.forEach(Renaming::requirePlain);
        if (names.isEmpty()) {
            throw new IllegalArgumentException("files: found none; expected one or more");
        }
    }

    private static void requirePlain(String name) {
        if (name.isEmpty() || name.equals(".") || name.equals("..") || name.chars().anyMatch(c -> c == '/' || c == '\n' || c == 0)) {
            throw new IllegalArgumentException("file " + name + ": found no plain name; expected one within the folder");
        }
    }

    /** Writes it down, for whoever has to finish it. */
    void write(Home home, Disk disk) throws IOException {
        var text = new StringBuilder();
        names.forEach(name -> text.append(COMES).append(name).append('\n'));
        obsolete.forEach(name -> text.append(GOES).append(name).append('\n'));
        disk.write(home.order(), ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8)));
    }

    /** What was written down. */
    static Renaming read(Home home) throws IOException {
        List<String> names = new ArrayList<>(), obsolete = new ArrayList<>();
        try (InputStream in = Files.newInputStream(home.order(), LinkOption.NOFOLLOW_LINKS)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new IllegalArgumentException("more than " + MOST_BYTES + " bytes");
            }
            for (String line : StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString().split("\n")) {
                (line.startsWith(COMES) ? names : obsolete).add(line.substring(1));
            }
            return new Renaming(names, obsolete);
        } catch (CharacterCodingException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IOException(home.order() + ": found " + e.getMessage() + "; expected the names of files", e);
        }
    }

    private String head() {
        return names.get(names.size() - 1);
    }

    /** Does what is still to do. */
    void apply(Path folder, Home home, Disk disk) throws IOException {
        if (!exists(home.files().resolve(head()))) {
            return;
        }
        for (String name : obsolete) {
            requireNoFolder(folder.resolve(name));
        }
        for (String name : names) {
            requireNoFolder(folder.resolve(name));
        }
        aside(folder, home, head(), disk);
        for (String name : obsolete) {
            aside(folder, home, name, disk);
        }
        for (String name : names.subList(0, names.size() - 1)) {
            if (exists(home.files().resolve(name))) {
                aside(folder, home, name, disk);
                disk.move(home.files().resolve(name), folder.resolve(name));
            }
        }
        disk.force(folder);
        disk.move(home.files().resolve(head()), folder.resolve(head()));
    }

    /** What is set aside is removed then. */
    private static void requireNoFolder(Path there) throws IOException {
        if (Files.isDirectory(there, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(there + ": found a folder; expected a file, or nothing");
        }
    }

    private static void aside(Path folder, Home home, String name, Disk disk) throws IOException {
        if (exists(folder.resolve(name))) {
            disk.move(folder.resolve(name), home.replaced().resolve(name));
        }
    }

    /** Brings back what was there before. */
    void undo(Path folder, Home home, Disk disk) throws IOException {
        for (String name : names) {
            Path place = folder.resolve(name), made = home.files().resolve(name);
            if (!exists(made) && exists(place)) {
                disk.move(place, made);
            }
        }
        for (String name : obsolete) {
            back(folder, home, name, disk);
        }
        for (String name : names) {
            back(folder, home, name, disk);
        }
    }

    private static void back(Path folder, Home home, String name, Disk disk) throws IOException {
        if (exists(home.replaced().resolve(name))) {
            disk.move(home.replaced().resolve(name), folder.resolve(name));
        }
    }

    private static boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }
}
