package io.halftone.cluster.internal;

import com.hazelcast.nio.MemberSocketInterceptor;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/**
 * Lets a connection pass once both ends have shown that they know the secret, before Hazelcast reads a byte of it. Each end sends a
 * random number and the tag of both numbers; neither sends the secret. The one that connects proves first.
 * <pre>
 * connects: greeting (8), length of the name (1), name, number (32)
 * accepts:  greeting (8), verdict on the name (1), number (32)
 * connects: tag (32)
 * accepts:  verdict on the tag (1), tag (32)
 * </pre>
 */
final class Admission implements MemberSocketInterceptor {
    /** What both begin with; the last character is the version. */
    static final byte[] GREETING = "HALFTNE1".getBytes(StandardCharsets.US_ASCII);
    static final byte PASS = 0;
    static final byte OTHER_NAME = 1;
    static final byte OTHER_SECRET = 2;
    static final int NUMBER = 32;
    /** What refusals by those begin with that this process connected to. */
    static final String MEMBER = "cluster: member at ";
    private static final int LONGEST_NAME = 64;
    private static final long LIMIT_MILLIS = 5_000;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final String name;
    private final ClusterKey key;
    private final Refusals refusals;

    Admission(String name, ClusterKey key, Refusals refusals) {
        this.name = name;
        this.key = key;
        this.refusals = refusals;
    }

    @Override
    public void init(Properties properties) {
        // there is nothing to set
    }

    @Override
    public void onConnect(Socket socket) throws IOException {
        try {
            Deadline in = new Deadline(socket);
            byte[] own = number();
            byte[] text = name.getBytes(StandardCharsets.UTF_8);
            byte[] hello = Arrays.copyOf(GREETING, GREETING.length + 1 + text.length + NUMBER);
            hello[GREETING.length] = (byte) text.length;
            System.arraycopy(text, 0, hello, GREETING.length + 1, text.length);
            System.arraycopy(own, 0, hello, GREETING.length + 1 + text.length, NUMBER);
            write(socket, hello);
            greeting(in);
            if (in.read(1)[0] != PASS) {
                throw new IOException("found a cluster that is not " + name + "; expected one of that name");
            }
            byte[] others = in.read(NUMBER);
            write(socket, key.tag("connect", own, others));
            if (in.read(1)[0] != PASS) {
                throw new IOException("found a cluster " + name + " with another secret; expected one with the same");
            }
            if (!key.isTag(in.read(ClusterKey.TAG), "accept", own, others)) {
                throw new IOException("found a process that does not know the secret; expected a member of " + name);
            }
            socket.setSoTimeout(0);
        } catch (IOException e) {
            // one that is slow has not refused: Hazelcast tries again
            String refusal = (e instanceof SocketTimeoutException ? "cluster: " : MEMBER) + place(socket) + ": " + e.getMessage();
            refusals.add(refusal);
            throw new IOException(refusal, e);
        }
    }

    @Override
    public void onAccept(Socket socket) throws IOException {
        try {
            Deadline in = new Deadline(socket);
            greeting(in);
            int length = in.read(1)[0];
            if (length < 1 || length > LONGEST_NAME) {
                throw new IOException("found a name of " + length + " bytes; expected 1 to " + LONGEST_NAME);
            }
            byte[] text = in.read(length);
            byte[] others = in.read(NUMBER);
            byte[] own = number();
            boolean same = Arrays.equals(text, name.getBytes(StandardCharsets.UTF_8));
            byte[] answer = Arrays.copyOf(GREETING, GREETING.length + 1 + NUMBER);
            answer[GREETING.length] = same ? PASS : OTHER_NAME;
            System.arraycopy(own, 0, answer, GREETING.length + 1, NUMBER);
            write(socket, answer);
            if (!same) {
                throw new IOException("found a member of cluster " + printable(text) + "; expected one of " + name);
            }
            boolean known = key.isTag(in.read(ClusterKey.TAG), "connect", others, own);
            byte[] verdict = new byte[1 + ClusterKey.TAG];
            verdict[0] = known ? PASS : OTHER_SECRET;
            if (known) {
                System.arraycopy(key.tag("accept", others, own), 0, verdict, 1, ClusterKey.TAG);
            }
            write(socket, verdict);
            if (!known) {
                throw new IOException("found another secret; expected that of cluster " + name);
            }
            socket.setSoTimeout(0);
        } catch (IOException e) {
            String refusal = "cluster: process at " + socket.getInetAddress().getHostAddress() + ": " + e.getMessage();
            refusals.addStranger(refusal);
            throw new IOException(refusal, e);
        }
    }

    private static void greeting(Deadline in) throws IOException {
        byte[] found = in.read(GREETING.length);
        if (!Arrays.equals(found, GREETING)) {
            throw new IOException("found bytes " + printable(found) + "; expected " + printable(GREETING) + ", a member of this version");
        }
    }

    private static String place(Socket socket) {
        return socket.getInetAddress().getHostAddress() + ":" + socket.getPort();
    }

    private static byte[] number() {
        byte[] number = new byte[NUMBER];
        RANDOM.nextBytes(number);
        return number;
    }

    private static void write(Socket socket, byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** What may be printed of bytes that anybody sent. */
    private static String printable(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1).replaceAll("[^ -~]", "?");
    }

    /** Reads with one limit for all of it, so that nobody holds a thread by sending a byte now and then. */
    private static final class Deadline {
        private final Socket socket;
        private final InputStream in;
        private final long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LIMIT_MILLIS);

        Deadline(Socket socket) throws IOException {
            this.socket = socket;
            this.in = socket.getInputStream();
        }

        byte[] read(int count) throws IOException {
            byte[] bytes = new byte[count];
            for (int at = 0; at < count;) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    throw new SocketTimeoutException("found no answer in " + LIMIT_MILLIS / 1000 + " s; expected a member");
                }
                socket.setSoTimeout((int) left);
                int read;
                try {
                    read = in.read(bytes, at, count - at);
                } catch (SocketTimeoutException e) {
                    continue;   // the limit says so
                }
                if (read < 0) {
                    throw new EOFException("found the end of the connection; expected a member");
                }
                at += read;
            }
            return bytes;
        }
    }
}
