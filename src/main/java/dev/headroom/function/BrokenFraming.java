package dev.headroom.function;

import dev.headroom.request.Failure;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http2.Http2Exception;

/** The failure of requests whose body breaks HTTP's framing, such as by a chunk without a length. */
public final class BrokenFraming {

    /** The failure. */
    public static final Failure FAILURE = new Failure.Invalid(
            "The body is not framed as HTTP has it; send its true Content-Length, or sound chunks.");

    private BrokenFraming() {}

    /** True if a decoder of requests threw this. Its type tells, because it may have no stack trace. */
    public static boolean isToldBy(Throwable thrown) {
        return thrown instanceof DecoderException || thrown instanceof Http2Exception;
    }
}
