package dev.headroom.benchmark;

import java.util.StringJoiner;

/**
 * The result of a load.
 *
 * @param perSecond requests answered 200 in a second of the measured time
 * @param latency of those
 * @param faults the others, of the measured time
 * @param sent all requests, those of the warm-up too
 */
record LoadResult(double perSecond, Latency latency, Faults faults, long sent) {

    private static final String MARK = "load-result";

    /** One line that a machine reads. */
    String line() {
        return new StringJoiner(" ")
                .add(MARK)
                .add("" + perSecond)
                .add("" + latency.p50())
                .add("" + latency.p99())
                .add("" + latency.p999())
                .add("" + faults.timeouts())
                .add("" + faults.errors())
                .add("" + sent)
                .toString();
    }

    static boolean isLine(String text) {
        return text.startsWith(MARK);
    }

    static LoadResult parse(String line) {
        String[] fields = line.split(" ");
        return new LoadResult(
                Double.parseDouble(fields[1]),
                new Latency(
                        Double.parseDouble(fields[2]), Double.parseDouble(fields[3]), Double.parseDouble(fields[4])),
                new Faults(Long.parseLong(fields[5]), Long.parseLong(fields[6])),
                Long.parseLong(fields[7]));
    }
}
