package dev.headroom.generation;

/**
 * How much of a prompt is read at a time. Beside sequences that are continued a chunk takes about as long as one of their steps,
 * so that they keep their pace. One thread calls.
 */
final class Chunks {

    /** Tokens at a time at least: fewer cost as much as these. */
    private static final int LEAST = 16;

    /** The share of the last measurement in an average. */
    private static final double NEW = 0.2;

    /** Chunks that fit until they may be twice as large again. */
    private static final int READS_TO_GROW = 64;

    private final boolean inParts;
    private final int planned;
    private int most;
    private int reads;
    private double nanosOfStep;
    private double nanosOfToken;

    /**
     * Nothing is measured yet.
     *
     * @param planned tokens at a time where nobody waits
     * @param inParts false where a prompt is always read as a whole
     */
    Chunks(int planned, boolean inParts) {
        this.planned = planned;
        this.most = planned;
        this.inParts = inParts;
    }

    /**
     * The size of the next chunk.
     *
     * @param left tokens that are still to be read
     * @param beside true if sequences wait for their next step
     */
    int size(int left, boolean beside) {
        if (!inParts) {
            return left;
        }
        double pace = beside && nanosOfToken > 0 && nanosOfStep > 0 ? nanosOfStep / nanosOfToken : most;
        return Math.min(left, Math.clamp((long) pace, Math.min(LEAST, most), most));
    }

    /** True if what is left of a prompt takes no longer than a step, as far as is known. */
    boolean isQuick(int left) {
        return left <= Math.min(LEAST, most) || inParts && left <= most && left * nanosOfToken <= nanosOfStep;
    }

    /** A chunk has been read. */
    void read(int tokens, long nanos) {
        if (tokens >= LEAST) {
            nanosOfToken = average(nanosOfToken, (double) nanos / tokens);
        }
        if (most < planned && ++reads >= READS_TO_GROW) {
            reads = 0;
            most = Math.min(planned, 2 * most);
        }
    }

    /** A step has run. */
    void stepped(long nanos) {
        nanosOfStep = average(nanosOfStep, nanos);
    }

    private static double average(double before, double now) {
        return before == 0 ? now : before + NEW * (now - before);
    }

    /** A chunk did not fit; returns false where smaller ones are of no use. */
    boolean shrink() {
        reads = 0;
        boolean shrinks = inParts && most > LEAST;
        most = shrinks ? Math.max(LEAST, most / 2) : most;
        return shrinks;
    }
}
