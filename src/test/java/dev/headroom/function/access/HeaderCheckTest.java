package dev.headroom.function.access;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
class HeaderCheckTest {

    private static final String BODY = "{\"inputs\":\"a\"}";

    private static String answerTo(String headers) throws IOException {
        return RawHttp.exchange(
                RestAssured.port,
                "POST /infer HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\n"
                        + headers.replace("|", "\r\n") + "\r\n\r\n" + BODY);
    }

    @ParameterizedTest
    @CsvSource({
        "415, Content-Length: 14|Content-Encoding: gzip, is not read; send it as it is",
        "415, 'Content-Length: 14|Content-Encoding: gzip, br', is not read; send it as it is",
        "400, Content-Length: 14|Content-Type: text/plain, is there 2 times; send it once",
        "400, Content-Length: 14|Authorization: Bearer a|Authorization: Bearer a, Authorization is there 2 times",
        "417, Content-Length: 14|Expect: 200-ok, only 100-continue is known",
        "415, Content-Length: 14|Content-Encoding: identity|Content-Encoding: gzip, is not read; send it as it is",
        "417, Content-Length: 14|Expect: 100-continue|Expect: 200-ok, only 100-continue is known",
    })
    void whatWouldBeReadOtherwiseThanMeantIsRefused(int status, String headers, String detail) throws IOException {
        String answer = answerTo(headers);
        assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
        assertTrue(answer.contains(detail), answer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip, chunked", "gzip\r\nTransfer-Encoding: chunked"})
    void aBodyThatIsCodedOtherwiseIsRefused(String coding) throws IOException {
        String answer = RawHttp.exchange(
                RestAssured.port,
                "POST /infer HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\n"
                        + "Transfer-Encoding: " + coding + "\r\n\r\ne\r\n" + BODY + "\r\n0\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
        assertTrue(answer.contains("only chunked is read"), answer);
    }

    @ParameterizedTest
    @CsvSource({
        "Content-Length: 14|Content-Length: 15",
        "Content-Length: 14x",
        "Content-Length : 14",
        "Content-Length: 99999999999999999999999",
    })
    void aLengthInDoubtIsRefused(String headers) throws IOException {
        String answer = answerTo(headers);
        assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
    }

    @Test
    void whatIsEncodedAsItIsGoesThrough() throws IOException {
        String answer = answerTo("Content-Length: 14|Content-Encoding: identity");
        assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
    }

    @Test
    void whoAsksBeforeSendingIsTold() throws IOException {
        try (RawHttp connection = new RawHttp(RestAssured.port)) {
            String first = connection
                    .send("POST /infer HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 14\r\n"
                            + "Expect: 100-continue\r\n\r\n")
                    .readHead();
            assertTrue(first.startsWith("HTTP/1.1 100 "), first);
            String second = connection.send(BODY).readHead();
            assertTrue(second.startsWith("HTTP/1.1 200 "), second);
        }
    }
}
