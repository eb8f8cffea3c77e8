package dev.headroom.gate;

/** The right to run one task on a lane of the device, or on all of the device, given back at the task's end. */
public final class Permit {

    private final Lanes lanes;
    private final Lane lane;
    private final Share share;
    private volatile boolean alone;

    public Permit(Lanes lanes, Lane lane, Share share, boolean alone) {
        this.lanes = lanes;
        this.lane = lane;
        this.share = share;
        this.alone = alone;
    }

    Lane lane() {
        return lane;
    }

    /** Takes all of the device where nobody else has or wants a part of it. */
    public boolean tryAlone() {
        alone = lanes.tryAlone();
        return alone;
    }

    /**
     * Waits until nothing else runs on the device.
     *
     * @return whether something else did
     */
    public boolean becomeAlone() {
        boolean others = !alone && lanes.becomeAlone(share, lane);
        alone = true;
        return others;
    }

    /** Whether nobody else waits for the lane: its task may go on with more of the same model. */
    public boolean mayGoOn() {
        return !alone && lanes.onlyWantedBy(share);
    }

    public boolean isAlone() {
        return alone;
    }

    /** The task has got on to its next run. */
    public void goOn() {
        lane.goOn();
    }

    /**
     * Runs a task on the lane's thread, and then gives the permit back.
     *
     * @throws java.util.concurrent.RejectedExecutionException when that thread has ended; the permit is given back
     */
    public void run(Runnable task) {
        try {
            lane.execute(() -> {
                long start = System.nanoTime();
                try {
                    task.run();
                } finally {
                    leave(System.nanoTime() - start);
                }
            });
        } catch (RuntimeException | Error e) {
            leave();
            throw e;
        }
    }

    /** Gives the permit back unused. */
    public void leave() {
        lanes.leave(lane);
    }

    private void leave(long nanos) {
        lanes.had(share, alone ? nanos * lanes.all().size() : nanos);
        leave();
    }
}
