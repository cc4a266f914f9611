package io.halftone.cluster.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports that nobody listens on. */
final class Ports {
    /** Each process that runs tests beside others has a range of its own, outside the one that the system gives out itself. */
    private static final int RANGE = 4_000;
    private static final int BEGIN = 20_000 + RANGE * ((Integer.getInteger("halftone.fork", 1) - 1) % 3);

    private Ports() {}

    /** The first of a run of free ports. */
    static int free(int count) {
        while (true) {
            int first = ThreadLocalRandom.current().nextInt(BEGIN, BEGIN + RANGE - count);
            if (areFree(first, count)) {
                return first;
            }
        }
    }

    private static boolean areFree(int first, int count) {
        for (int port = first; port < first + count; port++) {
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                socket.getLocalPort();
            } catch (IOException e) {
                return false;
            }
        }
        return true;
    }
}
