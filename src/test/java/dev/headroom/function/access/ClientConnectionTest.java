package dev.headroom.function.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.Attribute;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpClosedException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClientConnectionTest {

    /** So that whatever has begun has begun too early. */
    private static final Duration OVER = Duration.ofNanos(-1);

    /** A connection whose caller does not read the answer, so that it stays open. */
    private static EmbeddedChannel stalled() {
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.pipeline().addLast("httpEncoder", new ChannelOutboundHandlerAdapter() {
            @Override
            public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
                ReferenceCountUtil.release(message);
            }
        });
        return channel;
    }

    @Test
    void whatComesAfterACutHeadIsDropped() {
        EmbeddedChannel channel = stalled();
        ClientConnection.of(channel).cut(OVER);
        ByteBuf late = Unpooled.copiedBuffer(new byte[] {'a'});
        channel.writeInbound(late);
        assertTrue(channel.isOpen());
        assertEquals(0, late.refCnt());
        assertNull(channel.readInbound());
    }

    @Test
    void oneThatFailsDoesNotSpareTheOthers() {
        EmbeddedChannel broken = new EmbeddedChannel() {
            @Override
            public <T> Attribute<T> attr(AttributeKey<T> key) {
                throw new IllegalStateException("broken");
            }
        };
        EmbeddedChannel slow = new EmbeddedChannel();
        ReadWatch.cut(List.of(broken, slow), OVER);
        assertFalse(slow.isOpen());
    }

    @Test
    void aSocketThatBreaksIsACallerWhoHungUp() {
        EmbeddedChannel channel = new EmbeddedChannel();
        ClientConnection.of(channel);
        channel.pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
        assertThrows(HttpClosedException.class, channel::checkException);
        channel.pipeline().fireExceptionCaught(new IllegalStateException("an own failure"));
        assertThrows(IllegalStateException.class, channel::checkException);
    }
}
