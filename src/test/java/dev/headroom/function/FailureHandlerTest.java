package dev.headroom.function;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.StreamResetException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpTimeoutException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FailureHandlerTest {

    private static Failure known(Throwable failed) {
        return FailureHandler.failure(failed).orElseThrow();
    }

    static Stream<Throwable> own() {
        return Stream.of(
                new IOException("No space left on device"),
                new NoSuchFileException("keys.txt"),
                new HttpTimeoutException("no answer"),
                new CompletionException(new UncheckedIOException(new IOException("disk"))),
                new NullPointerException(),
                new NumberFormatException("an own one"));
    }

    /** The handler makes an internal error of what is not known, with this as its cause. */
    @ParameterizedTest
    @MethodSource("own")
    void whatGoesWrongInTheServiceIsNoHangUp(Throwable failed) {
        assertEquals(Optional.empty(), FailureHandler.failure(failed));
    }

    /** As the JVM throws them from compiled code (OmitStackTraceInFastThrow). */
    @ParameterizedTest
    @MethodSource("own")
    void noTraceIsNoSignOfABrokenRequest(Throwable failed) {
        failed.setStackTrace(new StackTraceElement[0]);
        assertEquals(Optional.empty(), FailureHandler.failure(failed));
    }

    @Test
    void whoHangsUpIsToldByVertx() {
        assertInstanceOf(Failure.Abandoned.class, known(new HttpClosedException("Connection was closed")));
        assertInstanceOf(Failure.Abandoned.class, known(new CompletionException(new StreamResetException(8))));
    }

    @Test
    void aBrokenRequestIsToldByTheDecoder() {
        assertEquals(BrokenFraming.FAILURE, known(new DecoderException(new IOException("no TLS"))));
        assertEquals(BrokenFraming.FAILURE, known(new TooLongFrameException()));
        assertEquals(BrokenFraming.FAILURE, known(Http2Exception.streamError(3, Http2Error.PROTOCOL_ERROR, "length")));
    }

    @Test
    void whatIsWrappedIsFound() {
        Failure inside = new Failure.Invalid("inside");
        assertEquals(inside, known(new CompletionException(new RequestFailedException(inside))));
        JsonProcessingException unwritten = JsonMappingException.from((JsonParser) null, "x");
        assertEquals(
                unwritten,
                assertInstanceOf(Failure.Internal.class, known(unwritten)).cause());
    }
}
