package dev.headroom.hub;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The lock of a file in a cache, which ends with the file's channel. */
final class CacheLock {

    private static final long LOCK_PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private CacheLock() {}

    /** Waits for the lock; empty where the file system has none. */
    static Optional<FileLock> on(FileChannel channel) throws InterruptedIOException {
        while (true) {
            try {
                FileLock lock = channel.tryLock();
                if (lock != null) {
                    return Optional.of(lock);
                }
            } catch (OverlappingFileLockException e) {
                // a thread of this process has it
            } catch (IOException e) {
                return Optional.empty();
            }
            LockSupport.parkNanos(LOCK_PERIOD_NANOS);
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("the process ends");
            }
        }
    }
}
