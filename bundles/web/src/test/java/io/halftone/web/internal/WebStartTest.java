package io.halftone.web.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class WebStartTest {
    private static String refusal(String host, int port) {
        return assertThrows(IllegalArgumentException.class, () -> WebStart.checkFree(host, port)).getMessage();
    }

    @Test
    void saysThatAPortIsTaken() throws Exception {
        int port;
        try (var other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = other.getLocalPort();
            assertEquals("web: found 127.0.0.1 port " + port + " refused (Address already in use); expected an address of this machine and a port that is free",
                refusal("127.0.0.1", port));
        }
        WebStart.checkFree("127.0.0.1", port);
        WebStart.checkFree("127.0.0.1", 0);
    }

    @Test
    void saysThatAnAddressIsNotOfThisMachine() {
        String host = "192.0.2.1";   // of documents (RFC 5737): no machine has it
        assertEquals("web: found " + host + " port 0 refused (Cannot assign requested address); expected an address of this machine and a port that is free",
            refusal(host, 0));
    }
}
