package io.halftone.files;

import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * A hidden folder in the folder that outputs go to, where they grow until they are whole. Then they get their names: a file or a folder
 * in one step, several files so that a reader never finds new and old ones mixed. What there was before stays until then, and stays if
 * it fails. Closing removes what was not published, and the folder where it was made for nothing.
 *
 * <p>A lock says that the writer lives. What a writer left that was killed is dealt with by the next one in the same folder, and by
 * {@link #settle}: files that were about to get their names get them, others go. Links are never followed out of the folder: one that
 * has the name of an output is replaced. For one thread; several writers, of several processes too, may work in a folder at a time.
 */
public final class Staging implements AutoCloseable {
    private static final int ATTEMPTS = 100;
    /** What the names of files end with that tell of the file of the name before: how it came to be, and who signed that. */
    private static final List<String> TELLING = List.of(".provenance.json", ".intoto.jsonl");

    private final Path folder;
    private final Place place;
    private final Path real;
    private final Disk disk;
    private Home home;
    private boolean left;

    private Staging(Path folder, Place place, Disk disk) {
        this.folder = folder;
        this.place = place;
        this.real = place.real();
        this.disk = disk;
        this.home = place.home();
    }

    /**
     * An empty one, once the folder holds nothing that dead writers left.
     *
     * @param folder where the outputs go to; made if it is not there
     * @throws IOException if it is no folder, or cannot be made or written
     */
    public static Staging in(Path folder) throws IOException {
        return in(folder, Disk.SYSTEM);
    }

    static Staging in(Path folder, Disk disk) throws IOException {
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new IOException(folder + ": found no folder; expected a writable folder");
        }
        return in(folder, folder, disk);
    }

    /**
     * One in the folder that a file is to be in, which is made if it is not there.
     *
     * @param file the output by which messages call all of them; what it is replaces a file or a link that has its name
     * @throws IOException if it is a folder, or its own cannot be made or written
     */
    public static Staging beside(Path file) throws IOException {
        return beside(file, Disk.SYSTEM);
    }

    static Staging beside(Path file, Disk disk) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(file + ": found a folder; expected the path of a file");
        }
        refuseOther(file, file);
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new IOException(file + ": found no folder " + folder + "; expected a writable folder");
        }
        return in(folder, file, disk);
    }

    /** What is neither file, folder nor link to one is not replaced: a device, a pipe, a socket. */
    private static void refuseOther(Path file, Path where) throws IOException {
        try {
            if (Files.readAttributes(file, BasicFileAttributes.class).isOther()) {
                throw new IOException(where + ": found a device or a pipe; expected the path of a file");
            }
        } catch (FileSystemException e) {
            return;        // nothing that can be told: there is no file, or another writer takes it away just now
        }
    }

    private static Staging in(Path folder, Path where, Disk disk) throws IOException {
        return new Staging(folder.toAbsolutePath(), Place.take(folder, where, disk), disk);
    }

    /**
     * Writes a file whole, or leaves what there was. Its folder is made if it is not there.
     *
     * @throws IOException if it cannot be written, with its name and the reason
     */
    public static void write(Path file, byte[] content) throws IOException {
        write(file, ByteBuffer.wrap(content), Disk.SYSTEM);
    }

    static void write(Path file, ByteBuffer content, Disk disk) throws IOException {
        try (Staging staging = beside(file, disk)) {
            String name = file.getFileName().toString();
            staging.write(name, content);
            staging.publish(List.of(name));
        }
    }

    /**
     * Deals with what dead writers left in a folder, and waits for one that is about to give its files their names. For readers, before
     * they look for a file. Nothing happens where there is no folder, or none that can be written.
     *
     * @throws IOException if files that were about to get their names cannot get them
     */
    public static void settle(Path folder) throws IOException {
        settle(folder, Disk.SYSTEM);
    }

    static void settle(Path folder, Disk disk) throws IOException {
        if (!Files.isDirectory(folder) || !Files.isWritable(folder)) {
            return;
        }
        Path real = folder.toRealPath();
        Strays.settle(real, disk);
        Strays.awaitNoneReady(real, disk);
    }

    /** Where files lie under the names that they will have. */
    public Path path() {
        return home.files();
    }

    /** The place of one of them. */
    public Path file(String name) {
        return home.files().resolve(name);
    }

    /** Writes one of them, and waits until it is on the disk. */
    public void write(String name, ByteBuffer content) throws IOException {
        try {
            disk.write(file(name), content);
        } catch (IOException e) {
            throw named(e, name);
        }
    }

    /**
     * Gives files their names in the outputs' folder, in place of files that have them.
     *
     * @param names what was written here, the file by which readers find the others last
     * @throws IOException if one of the names is a folder's, or they cannot get them; then nothing has changed
     */
    public void publish(List<String> names) throws IOException {
        publish(names, List.of());
    }

    /**
     * The same, and removes files of what was there before. What tells of a file that goes or is replaced, {@code NAME.provenance.json}
     * and {@code NAME.intoto.jsonl}, goes with it: there is never an old statement beside a new file.
     *
     * @param obsolete names of files in the outputs' folder; those that are not there do no harm
     */
    public void publish(List<String> names, Collection<String> obsolete) throws IOException {
        var renaming = new Renaming(names, withTelling(names, obsolete));
        for (String name : names) {
            if (Files.isDirectory(real.resolve(name), LinkOption.NOFOLLOW_LINKS)) {
                throw new IOException(folder.resolve(name) + ": found a folder; expected the path of a file");
            }
            refuseOther(real.resolve(name), folder.resolve(name));
        }
        String head = names.get(names.size() - 1);
        try {
            for (String name : names) {
                disk.force(file(name));
            }
            if (names.size() == 1 && renaming.obsolete().isEmpty()) {
                disk.move(file(head), real.resolve(head));
            } else {
                publish(renaming);
            }
            disk.force(real);
            place.folder().keep();
        } catch (IOException e) {
            throw named(e, head);
        }
    }

    /** The files that go, and those that tell of them and of the ones that are replaced. */
    private List<String> withTelling(List<String> names, Collection<String> obsolete) {
        List<String> all = new ArrayList<>(obsolete);
        for (String name : Stream.concat(names.stream(), obsolete.stream()).toList()) {
            TELLING.stream().map(name::concat).filter(telling -> !names.contains(telling) && !all.contains(telling))
                .filter(telling -> Files.exists(real.resolve(telling), LinkOption.NOFOLLOW_LINKS)).forEach(all::add);
        }
        return all;
    }

    /** One writer at a time: they all want the same name for their folders, and the one that has it is whole. */
    private void publish(Renaming renaming) throws IOException {
        disk.createFolder(home.replaced());
        renaming.write(home, disk);
        disk.force(home.files());
        disk.force(home.path());
        Home ready = Home.ready(real);
        for (int failures = 0;;) {
            if (!Strays.awaitNoneReady(real, disk)) {
                throw new IOException(ready.path() + ": found another writer that gives its files their names; expected it to be done soon");
            }
            try {
                disk.move(home.path(), ready.path());
                break;
            } catch (FileSystemException e) {
                failures++;
                // another writer had the name, and may be done by now; what else can be wrong stays wrong
                if (failures >= ATTEMPTS && !Files.exists(ready.path(), LinkOption.NOFOLLOW_LINKS)) {
                    throw e;
                }
            }
        }
        home = ready;
        disk.force(real);
        try {
            renaming.apply(real, home, disk);
        } catch (IOException e) {
            undo(renaming, e);
            throw e;
        }
    }

    /** Where that fails too, everything stays for the next writer, who finishes it. */
    private void undo(Renaming renaming, IOException failure) {
        left = true;
        try {
            renaming.undo(real, home, disk);
            left = false;
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /**
     * Gives the folder with all that was written its name, which nothing has but an empty folder.
     *
     * @throws IOException if it cannot get it
     */
    public void publishAs(String name) throws IOException {
        try {
            home.force(disk);
            disk.move(home.files(), real.resolve(name));
            disk.force(real);
            place.folder().keep();
        } catch (IOException e) {
            throw named(e, name);
        }
    }

    /**
     * A failure to write, as {@code where: found ...; expected ...} with the names that files will have and not those that they have here;
     * an interruption, and what names its place already, as it is.
     *
     * @param output the output's name, for failures that do not say where
     */
    public IOException named(IOException e, String output) {
        if (e instanceof ClosedChannelException || e instanceof InterruptedIOException) {
            return e;
        }
        String prefix = folder + File.separator;
        String message = String.valueOf(e.getMessage()).replace(home.files() + File.separator, prefix);
        if (message.contains(": found ") && message.contains("; expected ")) {
            return message.equals(e.getMessage()) ? e : new IOException(message, e);
        }
        return new IOException(prefix + output + ": found " + Reason.of(e).replace(home.files() + File.separator, prefix)
            + "; expected a file that can be written", e);
    }

    /** Removes what was not published, and folders that were made for it and are empty. */
    @Override
    public void close() throws IOException {
        if (!Strays.LIVING.contains(place.id())) {
            return;
        }
        try (NewFolders made = place.folder(); PathLock lock = place.lock()) {
            if (!left) {
                home.delete(disk);
            }
        } finally {
            Strays.LIVING.remove(place.id());
        }
    }

    /** Leaves everything as it is, as a process does that dies. */
    void abandon() throws IOException {
        place.lock().close();
        Strays.LIVING.remove(place.id());
    }
}
