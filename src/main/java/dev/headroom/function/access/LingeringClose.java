package dev.headroom.function.access;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.time.Duration;

/**
 * Closes a connection of HTTP/1.1 whose caller may still be sending. Closing it with unread data would lose the answer on
 * its way (RFC 9112, section 9.6). The event loop calls.
 */
final class LingeringClose {

    /** The time that the caller has to read the answer. */
    private static final long PATIENCE = Duration.ofSeconds(1).toNanos();

    private final Channel channel;
    private boolean begun;
    private long since;

    LingeringClose(Channel channel) {
        this.channel = channel;
    }

    /** Ends this side of the connection once everything is written. {@link ClientConnection} drops what still arrives. */
    void begin() {
        if (!begun) {
            begun = true;
            since = System.nanoTime();
            channel.config().setAutoRead(true);
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> end());
        }
    }

    private void end() {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls != null) {
            tls.closeOutbound();
        } else if (channel instanceof DuplexChannel socket) {
            socket.shutdownOutput();
        } else {
            channel.close();
        }
    }

    boolean hasBegun() {
        return begun;
    }

    /** True if the caller has had the time to read the answer and to close the connection. */
    boolean isOver() {
        return begun && System.nanoTime() - since >= PATIENCE;
    }
}
