package dev.headroom.session;

/** The model was closed before the run: it was measured, and others needed its memory. */
public final class ClosedSessionException extends IllegalStateException {

    ClosedSessionException() {
        super("The session is closed");
    }
}
