package dev.headroom.gate;

/**
 * One model's share of the device. Waiting models take turns by the time that each has had, divided by its weight
 * (start-time fair queueing: P. Goyal, H. Vin, H. Cheng, 1996). While two always wait, one of weight 2 beside one of
 * weight 1 gets two thirds of the device. An idle model does not save up time. The lock of {@link Lanes} guards it.
 */
public final class Share {

    private final int weight;
    private double virtualNanos;

    public Share(int weight) {
        this.weight = weight;
    }

    /** The model begins to wait, at this moment of the device's virtual time. */
    void arrive(double nowVirtualNanos) {
        virtualNanos = Math.max(virtualNanos, nowVirtualNanos);
    }

    /** The model has had so much of the device. */
    void had(long nanos) {
        virtualNanos += (double) nanos / weight;
    }

    /** The model whose time is least is next. */
    double virtualNanos() {
        return virtualNanos;
    }
}
