package io.halftone.itests;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.rmi.server.RMISocketFactory;

/**
 * Sockets of RMI whose calls begin a moment late. Until its container is there, Pax Exam asks for it again as soon as it has heard that it is not:
 * that would keep a processor busy which the container needs to start.
 */
final class PacedSockets extends RMISocketFactory {
    private static final long MILLIS = 10;

    private PacedSockets() {}

    /** Has this process use them; once is enough. */
    static synchronized void use() {
        if (getSocketFactory() == null) {
            try {
                setSocketFactory(new PacedSockets());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return new Socket(host, port) {
            @Override
            public OutputStream getOutputStream() throws IOException {
                return new Paced(super.getOutputStream());
            }
        };
    }

    @Override
    public ServerSocket createServerSocket(int port) throws IOException {
        return new ServerSocket(port);
    }

    /** RMI flushes once for each call. */
    private static final class Paced extends FilterOutputStream {
        Paced(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            out.write(bytes, from, length);
        }

        @Override
        public void flush() throws IOException {
            try {
                Thread.sleep(MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            super.flush();
        }
    }
}
