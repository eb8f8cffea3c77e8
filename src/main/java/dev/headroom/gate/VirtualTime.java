package dev.headroom.gate;

/**
 * The virtual time of a device, which start-time fair queueing measures every {@link Share} by: that of the share that was
 * served last. The lock of {@link Lanes} guards it.
 */
final class VirtualTime {

    private double nanos;
    private long busyNanos;

    /** A share's thread begins to wait. */
    void arrive(Share share) {
        share.arrive(nanos);
    }

    /** A share's thread gets a lane. */
    void serve(Share share) {
        nanos = Math.max(nanos, share.virtualNanos());
    }

    /** A share has had so much of the device. */
    void had(Share share, long ofLaneNanos) {
        share.had(ofLaneNanos);
        busyNanos += ofLaneNanos;
    }

    /** How long lanes were held, all together, by the clock. */
    long busyNanos() {
        return busyNanos;
    }
}
