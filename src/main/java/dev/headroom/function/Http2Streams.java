package dev.headroom.function;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.AttributeKey;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.function.IntPredicate;

/**
 * Observes the streams of an HTTP/2 connection beyond what Vert.x offers: the bytes that arrive on a stream whose body
 * another server reads, such as gRPC's, which holds a message until it is complete; and the end of a stream.
 */
public final class Http2Streams {

    private static final AttributeKey<Http2Streams> KEY = AttributeKey.valueOf("headroom.streams");

    private final Http2ConnectionHandler http2;
    private final ChannelHandlerContext context;
    // Only the connection's event loop uses these.
    private final IntObjectMap<IntPredicate> coming = new IntObjectHashMap<>();
    private final IntObjectMap<Runnable> closing = new IntObjectHashMap<>();

    private Http2Streams(Http2ConnectionHandler http2, ChannelHandlerContext context) {
        this.http2 = http2;
        this.context = context;
    }

    /** The streams of a connection, which has to use HTTP/2; its event loop calls. */
    public static Http2Streams of(Channel channel) {
        Http2Streams known = channel.attr(KEY).get();
        if (known != null) {
            return known;
        }
        Http2ConnectionHandler http2 = channel.pipeline().get(Http2ConnectionHandler.class);
        Http2Streams streams = new Http2Streams(http2, channel.pipeline().context(http2));
        http2.decoder().frameListener(streams.new Coming(http2.decoder().frameListener()));
        http2.connection().addListener(streams.new Closing());
        channel.attr(KEY).set(streams);
        return streams;
    }

    /**
     * Tells the predicate of the bytes that arrive on a stream, until it is closed; the connection's event loop calls.
     *
     * @param admits false if the bytes are to be dropped
     */
    public void whenMoreComes(int stream, IntPredicate admits) {
        coming.put(stream, admits);
    }

    /** True if the stream has been closed; the connection's event loop calls. */
    public boolean isClosed(int stream) {
        return http2.connection().stream(stream) == null;
    }

    /** Runs this when the open stream has been closed; the connection's event loop calls. */
    public void whenClosed(int stream, Runnable closed) {
        closing.put(stream, closed);
    }

    /** Resets a stream whose caller does not read the answer; the connection's event loop calls. */
    public void reset(int stream) {
        http2.resetStream(context, stream, Http2Error.CANCEL.code(), context.newPromise());
        context.flush();
    }

    private final class Coming extends Http2FrameListenerDecorator {

        Coming(Http2FrameListener listener) {
            super(listener);
        }

        @Override
        public int onDataRead(ChannelHandlerContext context, int stream, ByteBuf data, int padding, boolean last)
                throws Http2Exception {
            IntPredicate admits = coming.get(stream);
            int bytes = data.readableBytes();
            return admits == null || admits.test(bytes)
                    ? super.onDataRead(context, stream, data, padding, last)
                    : bytes + padding;
        }
    }

    private final class Closing extends Http2ConnectionAdapter {

        @Override
        public void onStreamClosed(Http2Stream stream) {
            coming.remove(stream.id());
            Runnable closed = closing.remove(stream.id());
            if (closed != null) {
                closed.run();
            }
        }
    }
}
