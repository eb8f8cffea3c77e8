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
 * The streams of an HTTP/2 connection, of which Vert.x tells less than its memory needs: what comes on one whose body somebody else
 * reads, as gRPC's server does, which holds a message until it is whole; and when one has been closed, its last frame written.
 */
public final class Http2Streams {

    private static final AttributeKey<Http2Streams> KEY = AttributeKey.valueOf("headroom.streams");

    private final Http2ConnectionHandler http2;
    private final ChannelHandlerContext context;
    // The connection's event loop alone uses these.
    private final IntObjectMap<IntPredicate> coming = new IntObjectHashMap<>();
    private final IntObjectMap<Runnable> closing = new IntObjectHashMap<>();

    private Http2Streams(Http2ConnectionHandler http2, ChannelHandlerContext context) {
        this.http2 = http2;
        this.context = context;
    }

    /** Those of a connection, which has to be one of HTTP/2; its event loop calls. */
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
     * From now on this is told of so many bytes more on a stream, until it is closed; the connection's event loop calls.
     *
     * @param admits whether they are let through; what is not is passed over
     */
    public void whenMoreComes(int stream, IntPredicate admits) {
        coming.put(stream, admits);
    }

    /** Whether the stream has been closed; the connection's event loop calls. */
    public boolean isClosed(int stream) {
        return http2.connection().stream(stream) == null;
    }

    /** Runs this when the stream, which has not been yet, has been closed; the connection's event loop calls. */
    public void whenClosed(int stream, Runnable closed) {
        closing.put(stream, closed);
    }

    /** Ends a stream whose caller does not take what is written; the connection's event loop calls. */
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
