package dev.headroom.function;

import dev.headroom.request.Failure;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http2.Http2Exception;

/** A body that is not framed as HTTP has it, such as by a chunk of no length. */
public final class BrokenFraming {

    /** The failure of such a request. */
    public static final Failure FAILURE = new Failure.Invalid(
            "The body is not framed as HTTP has it; send its true Content-Length, or sound chunks.");

    private BrokenFraming() {}

    /** Whether the throwable is one by which a decoder of requests tells of it. Its type says so; a trace it may not have. */
    public static boolean isToldBy(Throwable thrown) {
        return thrown instanceof DecoderException || thrown instanceof Http2Exception;
    }
}
