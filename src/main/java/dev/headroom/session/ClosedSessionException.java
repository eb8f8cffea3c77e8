package dev.headroom.session;

/** The model was closed before the run: it was measured, and others needed its memory. */
public final class ClosedSessionException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    ClosedSessionException() {
        super("The session is closed");
    }
}
