package dev.headroom.worker;

import java.io.IOException;
import java.net.ServerSocket;

/** Ports that nobody listens on, for brokers that cannot take one of the system's choice. */
final class FreePorts {

    private FreePorts() {}

    static int next() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
