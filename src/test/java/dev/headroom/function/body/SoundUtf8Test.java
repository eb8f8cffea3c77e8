package dev.headroom.function.body;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.headroom.request.RequestFailedException;
import io.netty.buffer.Unpooled;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SoundUtf8Test {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "c0af",
                "c1bf",
                "e080af",
                "e09fbf",
                "f08080af",
                "f08fbfbf",
                "f4908080",
                "f5808080",
                "f8888080",
                "ff",
                "fe"
            })
    void refusesCharactersInTooManyBytesAndBehindTheLast(String wrong) {
        byte[] body = HexFormat.of().parseHex("7b22" + wrong + "227d");
        assertThrows(RequestFailedException.class, () -> SoundUtf8.check(Unpooled.wrappedBuffer(body)));
    }

    @Test
    void namesTheByte() {
        byte[] body = HexFormat.of().parseHex("7b22e080af227d");
        String message = assertThrows(RequestFailedException.class, () -> SoundUtf8.check(Unpooled.wrappedBuffer(body)))
                .getMessage();
        assertEquals("The body is no JSON in UTF-8 (byte 4, 0x80); encode it as UTF-8.", message);
    }

    @Test
    void takesEveryCharacter() {
        String all = IntStream.rangeClosed(1, Character.MAX_CODE_POINT)
                .filter(code -> code < Character.MIN_SURROGATE || code > Character.MAX_SURROGATE)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        accepts("\"" + all, StandardCharsets.UTF_8);
    }

    @Test
    void leavesOtherEncodingsToTheParser() {
        accepts("{\"\u00c0\u01c0\"}", StandardCharsets.UTF_16);
        accepts("{\"\u00c0\u01c0\"}", StandardCharsets.UTF_16LE);
        accepts("{\"\u00c0\u01c0\"}", StandardCharsets.UTF_16BE);
        accepts("{\"\u00c0\u01c0\"}", Charset.forName("UTF-32"));
        accepts("", StandardCharsets.UTF_8);
    }

    private static void accepts(String text, Charset charset) {
        assertDoesNotThrow(() -> SoundUtf8.check(Unpooled.wrappedBuffer(text.getBytes(charset))));
    }
}
