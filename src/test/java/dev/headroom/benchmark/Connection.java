package dev.headroom.benchmark;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** One connection that is kept alive, with at most one request on its way. */
final class Connection implements AutoCloseable {

    private final SocketChannel channel;
    private final SelectionKey key;
    private final AnswerParser parser = new AnswerParser();
    private ByteBuffer unsent;
    private long intendedNanos;

    /** Connects to a port of this machine. */
    Connection(int port, Selector selector) throws IOException {
        channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        key = channel.register(selector, SelectionKey.OP_READ, this);
    }

    /**
     * Sends a request.
     *
     * @param intended when it should have been sent, by {@link System#nanoTime}
     */
    void send(ByteBuffer request, long intended) throws IOException {
        intendedNanos = intended;
        unsent = request.duplicate();
        write();
    }

    /** Sends what has not been sent yet. */
    void write() throws IOException {
        channel.write(unsent);
        key.interestOps(SelectionKey.OP_READ | (unsent.hasRemaining() ? SelectionKey.OP_WRITE : 0));
    }

    /** Reads what is there; whether the answer is complete. */
    boolean read(ByteBuffer buffer) throws IOException {
        int read = channel.read(buffer.clear());
        if (read < 0) {
            throw new EOFException();
        }
        boolean complete = parser.read(buffer.flip());
        if (complete) {
            parser.next();
        }
        return complete;
    }

    /** The status of the last answer. */
    int status() {
        return parser.status();
    }

    long intendedNanos() {
        return intendedNanos;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException _) {
            // it is of no more use either way
        }
    }
}
