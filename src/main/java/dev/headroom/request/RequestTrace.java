package dev.headroom.request;

import java.util.Map;
import java.util.Optional;

/**
 * A request as a trace tells it. Whoever serves the request tells what happened to it, and asks nothing back. Any thread may
 * call any method; none waits, and none throws.
 */
public interface RequestTrace {

    /** The trace of a request that nobody follows: it keeps nothing. */
    RequestTrace NONE = new Untraced();

    /** True if what is told of the request goes out. Ask before making what is told. */
    boolean isOn();

    /**
     * An item of the request was answered.
     *
     * @param createdNanos when the item was made, as {@link System#nanoTime} says
     */
    void answered(Timing timing, long createdNanos);

    /** A batch ran that held items of the request, and perhaps of others. */
    void ran(BatchRun batch);

    /** A text that the request asked for has ended. */
    void generated(GeneratedText text);

    /** The trace of an event that came with the request, which may continue a trace of its own. */
    RequestTrace event(Map<String, String> attributes);

    /** The attributes of an event with those by which a reply continues this trace, W3C's trace context. */
    Map<String, String> passedOn(Map<String, String> attributes);

    /**
     * An event has been answered, or was not.
     *
     * @param why empty if it was answered
     */
    void ended(Optional<Failure> why);
}
