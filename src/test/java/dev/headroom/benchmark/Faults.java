package dev.headroom.benchmark;

/**
 * Requests that were not answered 200.
 *
 * @param timeouts those answered 504, and those not answered at all
 * @param errors those answered anything else, and broken connections
 */
record Faults(long timeouts, long errors) {

    static final Faults NONE = new Faults(0, 0);

    long total() {
        return timeouts + errors;
    }

    Faults plus(Faults others) {
        return new Faults(timeouts + others.timeouts, errors + others.errors);
    }
}
