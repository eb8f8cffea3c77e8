package dev.headroom.device;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The turns of this process's calls to CUDA. While a CUDA graph is captured, no other thread may allocate, free, copy or wait,
 * on any GPU: CUDA would refuse that call and spoil the capture.
 */
public final class CudaTurns {

    private static final ReadWriteLock TURNS = new ReentrantReadWriteLock();

    private CudaTurns() {}

    /** The lock of a thread whose calls to CUDA others may make beside it. */
    public static Lock shared() {
        return TURNS.readLock();
    }

    /** The lock of a thread that captures a graph; it must not hold the shared one. */
    public static Lock alone() {
        return TURNS.writeLock();
    }
}
