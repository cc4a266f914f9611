package io.halftone.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/** The operations that change a disk, each of which may fail or be the last before a process dies. */
interface Disk {
    /** Makes a folder that was not there. */
    void createFolder(Path folder) throws IOException;

    /** Makes a file that was not there, with that content on the disk. */
    void write(Path file, ByteBuffer content) throws IOException;

    /** Gives a file or folder another name in one step, in place of a file that has it. */
    void move(Path from, Path to) throws IOException;

    /** Removes a file, a link or an empty folder. */
    void delete(Path path) throws IOException;

    /** Waits until a file's content, or a folder's list of names, is on the disk. */
    void force(Path path) throws IOException;

    /** The machine's own. */
    Disk SYSTEM = new Disk() {
        @Override
        public void createFolder(Path folder) throws IOException {
            Files.createDirectory(folder);
        }

        @Override
        public void write(Path file, ByteBuffer content) throws IOException {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                while (content.hasRemaining()) {
                    channel.write(content);
                }
                channel.force(true);
            }
        }

        @Override
        public void move(Path from, Path to) throws IOException {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        }

        @Override
        public void delete(Path path) throws IOException {
            Files.deleteIfExists(path);
        }

        @Override
        public void force(Path path) throws IOException {
            try (FileChannel channel = FileChannel.open(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
                channel.force(true);
            }
        }
    };
}
