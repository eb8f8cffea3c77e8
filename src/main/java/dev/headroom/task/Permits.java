package dev.headroom.task;

import java.util.concurrent.Semaphore;

/** So many at a time, first come first served; how many may change. */
public final class Permits extends Semaphore {

    private static final long serialVersionUID = 1L;

    private int atATime;

    /** So many at a time. */
    public Permits(int atATime) {
        super(atATime, true);
        this.atATime = atATime;
    }

    /** From now on so many at a time; what runs already is not stopped. */
    public synchronized void resize(int otherAtATime) {
        int more = otherAtATime - atATime;
        if (more < 0) {
            reducePermits(-more);
        } else {
            release(more);
        }
        atATime = otherAtATime;
    }
}
