package dev.headroom.gate;

/** The right to run one task on a lane of the device, or on all of the device. The end of the task gives it back. */
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

    /** Takes all of the device if no other thread holds a lane or waits for one. */
    public boolean tryAlone() {
        alone = lanes.tryAlone();
        return alone;
    }

    /**
     * Waits until nothing else runs on the device.
     *
     * @return true if something else ran
     */
    public boolean becomeAlone() {
        boolean others = !alone && lanes.becomeAlone(share, lane);
        alone = true;
        return others;
    }

    /** True if no other model's batch waits for the lane, so that its task may run more batches of the same model. */
    public boolean mayGoOn() {
        return !alone && lanes.onlyWantedBy(share);
    }

    public boolean isAlone() {
        return alone;
    }

    /** The task begins its next run. */
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
