package dev.headroom.function.access;

import io.netty.channel.Channel;

/** Holds a request back while its caller does not read the answers on the connection. Its event loop calls. */
final class Backpressure {

    private final Channel channel;
    private Runnable next;
    private long since;

    Backpressure(Channel channel) {
        this.channel = channel;
    }

    /** Runs this once the caller has read most of what was written. */
    void hold(Runnable request) {
        next = request;
        since = System.nanoTime();
    }

    /** Lets the request go on if the connection can be written to again. */
    void release() {
        if (channel.isWritable() && next != null) {
            Runnable request = next;
            next = null;
            request.run();
        }
    }

    /** True if a request has been held since before this time. */
    boolean isHeldSince(long nanos) {
        return next != null && since - nanos < 0;
    }
}
