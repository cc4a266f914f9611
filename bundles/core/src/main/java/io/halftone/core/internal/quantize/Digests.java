package io.halftone.core.internal.quantize;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Digests that tell one input from another. */
public final class Digests {
    /** Bytes that are read at a time. */
    private static final int WINDOW = 1 << 18;
    /** Bytes that are digested in a call. */
    private static final int UPDATE = 1 << 14;
    /** Files that are read side by side, at most. */
    private static final int READERS = 4;

    private Digests() {}

    /** What gives its bytes part by part. */
    @FunctionalInterface
    public interface Source {
        /** Writes all of them. */
        void transfer(WritableByteChannel target) throws IOException;
    }

    /** SHA-256 of what comes in parts, hexadecimal. */
    public static String sha256(Source source) throws IOException {
        MessageDigest digest = sha256();
        source.transfer(Channels.newChannel(new DigestOutputStream(OutputStream.nullOutputStream(), digest)));
        return HexFormat.of().formatHex(digest.digest());
    }

    /** SHA-256 of a file, hexadecimal. */
    public static String sha256(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MessageDigest digest = sha256();
            ByteBuffer window = ByteBuffer.allocate(WINDOW);
            for (int read = channel.read(window); read >= 0; read = channel.read(window.clear())) {
                // in many calls: the virtual machine replaces a digest's loop by the processor's instructions where it is called often
                for (int at = 0; at < read; at += UPDATE) {
                    digest.update(window.array(), at, Math.min(UPDATE, read - at));
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        }
    }

    /**
     * SHA-256 of several files, hexadecimal, in their order; some are read side by side.
     *
     * @throws InterruptedException if the thread is interrupted; no file is read any more then
     */
    public static List<String> sha256(List<Path> files) throws IOException, InterruptedException {
        String name = Thread.currentThread().getName();
        ExecutorService readers = Executors.newFixedThreadPool(Math.min(READERS, Runtime.getRuntime().availableProcessors()), work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<Future<String>> digests = files.stream().map(file -> readers.submit(() -> sha256(file))).toList();
            List<String> all = new ArrayList<>();
            for (Future<String> digest : digests) {
                all.add(digest.get());
            }
            return all;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            readers.shutdownNow();
        }
    }

    /** SHA-256 of the remaining bytes, hexadecimal. */
    public static String sha256(ByteBuffer bytes) {
        MessageDigest digest = sha256();
        digest.update(bytes);
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256: found none; expected it in every Java", e);
        }
    }
}
