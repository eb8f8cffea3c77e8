package dev.headroom.gate;

/**
 * One model's share of the device. Models that wait take turns by the time that they have had, each divided by its weight
 * (start-time fair queueing: P. Goyal, H. Vin, H. Cheng, 1996): while two are always waiting, one of weight 2 gets two
 * thirds of the device. A model that had nothing to do does not save its time up.
 */
public final class Share {

    private final int weight;
    private double virtualNanos;

    public Share(int weight) {
        this.weight = weight;
    }

    /** It begins to wait, at this moment of the device's virtual time. */
    void arrive(double nowVirtualNanos) {
        virtualNanos = Math.max(virtualNanos, nowVirtualNanos);
    }

    /** It has had so much of the device. */
    void had(long nanos) {
        virtualNanos += (double) nanos / weight;
    }

    /** Less than that of others means that it is its turn. */
    double virtualNanos() {
        return virtualNanos;
    }
}
