package dev.headroom.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerParserTest {

    private final AnswerParser parser = new AnswerParser();

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
                "HTTP/1.1 200 OK\r\ncontent-length:0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\nabcdefghij\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\nTrailer: x\r\n\r\n",
            })
    void anAnswerIsCompleteWithItsLastByte(String answer) {
        ByteBuffer bytes = bytes(answer);
        for (int end = 1; end < answer.length(); end++) {
            assertFalse(parser.read(bytes.limit(end)), () -> answer.substring(0, bytes.position()));
        }
        assertTrue(parser.read(bytes.limit(answer.length())));
        assertEquals(200, parser.status());
    }

    @Test
    void theNextAnswerFollowsOnTheSameConnection() {
        ByteBuffer bytes = bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"
                + "HTTP/1.1 504 Gateway Timeout\r\nContent-Length: 2\r\n\r\nab");
        assertTrue(parser.read(bytes));
        parser.next();
        assertTrue(parser.read(bytes));
        assertEquals(504, parser.status());
        assertFalse(bytes.hasRemaining());
    }
}
