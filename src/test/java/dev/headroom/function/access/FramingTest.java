package dev.headroom.function.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@Timeout(60)
class FramingTest {

    private static final String LINE = "POST /infer HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
    private static final String CHUNKED = LINE + "Transfer-Encoding: chunked\r\n\r\n";
    private static final String BODY = "{\"inputs\":\"a\"}";
    private static final String SOUND = CHUNKED + "e\r\n" + BODY + "\r\n0\r\n\r\n";
    private static final String TOLD = "The body is not framed as HTTP has it";

    /** What the service says until it closes the connection, which it has to do. */
    private static String exchange(String request) throws IOException {
        return RawHttp.exchange(RestAssured.port, request);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /infer\r\nHost: a\r\n\r\n",
                "\u0001\u0002\r\n\r\n",
                "POST /in fer HTTP/1.1\r\nHost: a\r\n\r\n",
                "POST /infer HTTP/9.9\r\nHost: a\r\n\r\n",
                "POST /infer HTTX/1.1\r\nHost: a\r\n\r\n",
                LINE + "No colon\r\n\r\n",
                LINE + "A\u0001: x\r\n\r\n",
                LINE + "Content-Length: 14x\r\n\r\n" + BODY,
                LINE + "Content-Length: -1\r\n\r\n" + BODY,
                LINE + "Content-Length: 14\r\nContent-Length: 15\r\n\r\n" + BODY,
            })
    void aHeadThatIsNoneIsAnsweredAndTheConnectionClosed(String request) throws IOException {
        String answer = exchange(request);
        assertTrue(answer.lines().findFirst().orElse("").contains(" 400 "), answer);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 14\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nContent-Length: 14",
                "content-length:14\r\ntransfer-encoding:chunked",
                "Transfer-Encoding: identity\r\nContent-Length: 14",
                "Transfer-Encoding: chunked, identity",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
            })
    void aBodyOfTwoLengthsEndsTheConnection(String headers) throws IOException {
        String answer = exchange(LINE + headers + "\r\n\r\ne\r\n" + BODY + "\r\n0\r\n\r\n" + SOUND);
        assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
        assertEquals(answer.indexOf("HTTP/1.1 "), answer.lastIndexOf("HTTP/1.1 "), answer);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "zz\r\n" + BODY + "\r\n0\r\n\r\n",
                "-1\r\n" + BODY + "\r\n0\r\n\r\n",
                "\r\n" + BODY + "\r\n0\r\n\r\n",
                "ffffffffffffffff\r\n" + BODY + "\r\n0\r\n\r\n",
                "5\r\n" + BODY + "\r\n0\r\n\r\n",
                "e;=\"\r\n" + BODY + "\r\n0\r\n\r\n",
                "e\n" + BODY + "\r\n0\r\n\r\n",
                "e\r\n" + BODY + "\r\n0\r\nbroken\r\n\r\n",
            })
    void aBodyThatIsNotFramedIsToldSoAndTheConnectionClosed(String body) throws IOException {
        String answer = exchange(CHUNKED + body + SOUND);
        assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
        assertTrue(answer.contains(TOLD), answer);
        assertEquals(answer.indexOf("HTTP/1.1 "), answer.lastIndexOf("HTTP/1.1 "), answer);
    }

    @Test
    void whoGoesOnSendingIsToldToo() throws IOException {
        String answer = exchange(CHUNKED + "zz\r\n" + "a".repeat(4_000_000));
        assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
        assertTrue(answer.contains(TOLD), answer);
    }

    @Test
    void thoseBeforeAreAnsweredFirst() throws IOException {
        String answer = exchange(SOUND + SOUND + CHUNKED + "zz\r\n");
        assertTrue(answer.matches("(?s)HTTP/1.1 200 .*HTTP/1.1 200 .*HTTP/1.1 400 .*"), answer);
        assertTrue(answer.contains(TOLD), answer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"e;foo=bar", "e;foo", "e ; foo=\"b;ar\"", "000e;a=b;c=\"d\""})
    void aChunkMayHaveExtensions(String size) throws IOException {
        try (RawHttp connection = new RawHttp(RestAssured.port)) {
            for (int time = 0; time < 2; time++) {
                String head = connection
                        .send(CHUNKED + size + "\r\n" + BODY + "\r\n0;end=1\r\n\r\n")
                        .readHead();
                assertTrue(head.startsWith("HTTP/1.1 200 "), head);
                connection.readBody(head);
            }
        }
    }
}
