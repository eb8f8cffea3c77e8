package dev.headroom.function.generate;

import dev.headroom.function.Problem;
import dev.headroom.request.Failure;

/** How a protocol writes a stream. There is one for each request; the connection's event loop calls. */
public interface StreamForm {

    /** Writes what is told of a sequence, but no failure. */
    void tell(Told told, EventBytes to);

    /** True if it keeps all text until the end, beside what it has written. */
    default boolean keepsText() {
        return false;
    }

    /** Writes what follows after the last sequence has ended. */
    void end(EventBytes to);

    /** Writes a failure into a stream that has begun, and then ends. */
    void fail(Failure failure, Problem problem, EventBytes to);
}
