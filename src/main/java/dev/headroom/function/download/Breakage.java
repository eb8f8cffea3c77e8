package dev.headroom.function.download;

import dev.headroom.request.Failure;
import io.netty.handler.codec.TooLongFrameException;
import java.security.cert.CertificateException;

/** Tells from what broke a connection off whether it may hold another time. */
final class Breakage {

    private Breakage() {}

    /** What to answer; nothing of what the server sent is in it. */
    static Failure of(String name, Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException) {
                return new Failure.Invalid(
                        name
                                + " is on a host whose certificate is not trusted, or is another's; have it signed by an authority that Java knows, or add that to its trust store.");
            }
            if (cause instanceof TooLongFrameException) {
                return new Failure.Invalid(name + " comes with headers that are too long; send another URL.");
            }
        }
        return new Failure.Unavailable(name + " was broken off by its server; try again.", Transfer.RETRY_AFTER);
    }
}
