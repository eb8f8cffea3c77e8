package dev.headroom.benchmark;

/**
 * The series that a point belongs to.
 *
 * @param part of the bench
 * @param workload the texts
 * @param setting what else distinguishes it
 */
record Series(Part part, String workload, String setting) {

    /** A part of the bench. */
    enum Part {
        BARE("bare loop"),
        SINGLE("bare single run"),
        CLOSED("service, closed loop"),
        OPEN("service, open loop"),
        IDENTITY("service, identity model"),
        ROUTE("bare route"),
        JMH("batcher alone");

        private final String label;

        Part(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }
    }

    static Series bare(Workload workload, BareSetting setting) {
        return new Series(Part.BARE, workload.label(), setting.toString());
    }

    static Series single(Workload workload, BareSetting setting) {
        return new Series(Part.SINGLE, workload.label(), setting.toString());
    }

    static Series closed(Workload workload, int callers) {
        return new Series(Part.CLOSED, workload.label(), callers(callers));
    }

    static Series open(Workload workload, int percent) {
        return new Series(Part.OPEN, workload.label(), percent + " % of capacity");
    }

    /** Of the service's overhead; the part says whose. */
    static Series overhead(Part part) {
        return new Series(part, Workload.TWENTY_WORDS.label(), callers(Overhead.CALLERS));
    }

    static String callers(int callers) {
        return callers == 1 ? "1 caller" : callers + " callers";
    }
}
