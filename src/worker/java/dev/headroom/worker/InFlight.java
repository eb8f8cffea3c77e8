package dev.headroom.worker;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Counts the messages that are being worked on, and lets the end wait for them. Any thread may call. */
final class InFlight {

    private final CountDownLatch drained = new CountDownLatch(1);
    private int count;
    private boolean draining;

    /** Adds a message; false once the worker drains, so that the message is left alone. */
    synchronized boolean enter() {
        if (draining) {
            return false;
        }
        count++;
        return true;
    }

    synchronized void leave() {
        count--;
        if (draining && count == 0) {
            drained.countDown();
        }
    }

    synchronized int count() {
        return count;
    }

    /** Adds nothing from now on. */
    synchronized void drain() {
        draining = true;
        if (count == 0) {
            drained.countDown();
        }
    }

    synchronized boolean draining() {
        return draining;
    }

    /** Waits until nothing is left; false if the time was over before. */
    boolean awaitNone(Duration most) {
        try {
            return drained.await(most.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
