package dev.headroom.benchmark;

import java.nio.file.Path;

/**
 * A load to put on a server.
 *
 * @param port the server's
 * @param bodies a file with one request's body a line; they are sent in turns
 * @param demand how the requests come
 * @param time how long
 * @param path the path that they are posted to
 * @param header one more line of their heads; empty for none
 */
record LoadOrder(int port, Path bodies, Demand demand, Time time, String path, String header) {

    /** The arrival of requests. */
    sealed interface Demand {

        /**
         * Each caller sends its next request when the last one is answered.
         *
         * @param callers connections
         */
        record Closed(int callers) implements Demand {}

        /**
         * Requests come when they come, whether the server keeps up or not.
         *
         * @param perSecond their mean rate; the intervals are drawn from an exponential distribution with a fixed seed
         */
        record Open(double perSecond) implements Demand {}
    }

    /**
     * The duration of a load.
     *
     * @param warmUp seconds that are not counted
     * @param measured seconds that are
     */
    record Time(double warmUp, double measured) {}

    String[] arguments() {
        String[] itsDemand =
                switch (demand) {
                    case Demand.Closed(int callers) -> new String[] {"closed", "" + callers};
                    case Demand.Open(double perSecond) -> new String[] {"open", "" + perSecond};
                };
        return new String[] {
            "" + port,
            bodies.toString(),
            itsDemand[0],
            itsDemand[1],
            "" + time.warmUp(),
            "" + time.measured(),
            path,
            header
        };
    }

    static LoadOrder parse(String... arguments) {
        Demand demand = arguments[2].equals("closed")
                ? new Demand.Closed(Integer.parseInt(arguments[3]))
                : new Demand.Open(Double.parseDouble(arguments[3]));
        return new LoadOrder(
                Integer.parseInt(arguments[0]),
                Path.of(arguments[1]),
                demand,
                new Time(Double.parseDouble(arguments[4]), Double.parseDouble(arguments[5])),
                arguments[6],
                arguments[7]);
    }
}
