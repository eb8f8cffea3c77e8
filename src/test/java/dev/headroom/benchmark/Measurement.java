package dev.headroom.benchmark;

/**
 * The measurement of one point.
 *
 * @param perSecond texts or requests in a second
 * @param latency of requests; of batches in a bare loop
 * @param faults requests that were not answered 200
 * @param effort what it took of the server
 */
record Measurement(double perSecond, Latency latency, Faults faults, Effort effort) {

    /**
     * The server's use of processor and memory during a load.
     *
     * @param fill items in a batch, on average; NaN where there are no batches
     * @param cpuMicros processor time for each request, in microseconds
     * @param residentMegabytes memory held afterwards, in 10^6 bytes
     * @param sent the requests of the whole load
     */
    record Effort(double fill, double cpuMicros, double residentMegabytes, long sent) {

        static final Effort NONE = new Effort(Double.NaN, Double.NaN, Double.NaN, 0);
    }

    /** Without a server. */
    static Measurement of(double perSecond, Latency latency) {
        return new Measurement(perSecond, latency, Faults.NONE, Effort.NONE);
    }

    double p50() {
        return latency.p50();
    }

    double p99() {
        return latency.p99();
    }

    double p999() {
        return latency.p999();
    }

    double fill() {
        return effort.fill();
    }

    double cpuMicros() {
        return effort.cpuMicros();
    }

    double residentMegabytes() {
        return effort.residentMegabytes();
    }
}
