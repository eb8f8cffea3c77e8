package dev.headroom.worker;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A TCP proxy whose connections can be cut, as a network does it. */
final class CuttableProxy implements AutoCloseable {

    private final int to;
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;

    CuttableProxy(int to) throws IOException {
        this.to = to;
        Thread.startVirtualThread(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** Ends all connections, and those to come at once. */
    void cut() {
        cut = true;
        open.forEach(CuttableProxy::end);
    }

    /** Lets connections through again. */
    void mend() {
        cut = false;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket one = server.accept();
                if (cut) {
                    end(one);
                    continue;
                }
                Socket other = new Socket(InetAddress.getLoopbackAddress(), to);
                open.add(one);
                open.add(other);
                Thread.startVirtualThread(() -> copy(one, other));
                Thread.startVirtualThread(() -> copy(other, one));
            } catch (IOException e) {
                // closed, or the broker is away
            }
        }
    }

    private void copy(Socket from, Socket into) {
        try (InputStream in = from.getInputStream()) {
            in.transferTo(into.getOutputStream());
        } catch (IOException e) {
            // cut
        } finally {
            end(from);
            end(into);
        }
    }

    private static void end(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // it has ended
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        cut();
    }
}
