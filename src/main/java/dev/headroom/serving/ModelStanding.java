package dev.headroom.serving;

/** The state that a model is in, with its reason. Any thread may read; one at a time moves it. */
final class ModelStanding {

    /**
     * The state from one moment on.
     *
     * @param reason why the model is in it; empty where it is open
     * @param nanos the moment, by {@link System#nanoTime}
     */
    private record Since(ModelState state, String reason, long nanos) {}

    private volatile Since now =
            new Since(ModelState.CLOSED, "opened with the first request for it", System.nanoTime());

    ModelState state() {
        return now.state;
    }

    /** The reason of the state; empty where the model is open. */
    String reason() {
        return now.reason;
    }

    /** Since when it is in this state, by {@link System#nanoTime}. */
    long sinceNanos() {
        return now.nanos;
    }

    /** Moves it to a state. */
    void move(ModelState next, String why) {
        now = new Since(next, why, System.nanoTime());
    }

    /** True once it has been failed for as long as requests were told. */
    boolean mayTryAgain() {
        Since since = now;
        return since.state == ModelState.FAILED
                && System.nanoTime() - since.nanos >= ModelState.PAUSE_AFTER_FAILURE.toNanos();
    }
}
