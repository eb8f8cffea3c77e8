package dev.headroom.function.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeaderMemoryTest {

    private static final int HALF = (int) Math.min(1 << 30, Runtime.getRuntime().maxMemory() / 8 / 24 * 6 / 10);

    @Test
    void whatHeadsTakeThatAreNotWholeIsBoundedAndComesBack() {
        HeaderMemory one = new HeaderMemory();
        HeaderMemory other = new HeaderMemory();
        assertTrue(one.take(HALF));
        assertFalse(other.take(HALF));
        one.release();
        assertTrue(other.take(1));
        other.release();
    }

    @Test
    void aConnectionThatDoesNotEndItsHeadGoesWhereThereIsNoRoomForMore() {
        List<EmbeddedChannel> channels = new ArrayList<>();
        HeaderMemory taken = new HeaderMemory();
        taken.take(HALF);
        try {
            EmbeddedChannel fits = open(channels);
            fits.writeInbound(Unpooled.wrappedBuffer(new byte[100]));
            assertTrue(fits.isOpen());
            taken.take(HALF);
            fits.writeInbound(Unpooled.wrappedBuffer(new byte[100]));
            assertFalse(fits.isOpen());
        } finally {
            taken.release();
            channels.forEach(EmbeddedChannel::finishAndReleaseAll);
        }
        HeaderMemory all = new HeaderMemory();
        assertTrue(all.take(HALF), "closed connections have given theirs back");
        all.release();
        assertEquals(1, channels.size());
    }

    private static EmbeddedChannel open(List<EmbeddedChannel> channels) {
        EmbeddedChannel channel = new EmbeddedChannel();
        ClientConnection.of(channel);
        channels.add(channel);
        return channel;
    }
}
