package dev.headroom.session;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * The one thread that makes every call to one device, because ONNX Runtime's CUDA provider keeps a context for each
 * calling thread (onnxruntime #29351: a session grew by 2 GiB a run when threads changed).
 */
public final class DeviceThread implements Executor, AutoCloseable {

    private static final Logger LOG = Logger.getLogger(DeviceThread.class);

    private static final Duration LONGEST_END = Duration.ofSeconds(10);

    private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final Thread thread;
    private boolean closing; // guarded by tasks: once it is set nothing is added
    private boolean closed; // the thread's own

    /** Starts the thread of the device with this name. */
    public DeviceThread(String device) {
        this(Thread.ofPlatform().daemon().name("headroom-device-" + device).factory());
    }

    DeviceThread(ThreadFactory threads) {
        thread = threads.newThread(this::loop);
        thread.start();
    }

    /**
     * Runs a task when those handed in before it have ended.
     *
     * @throws RejectedExecutionException when the thread has ended, or ends after what it was given before
     */
    @Override
    public void execute(Runnable task) {
        synchronized (tasks) {
            if (closing || !alive()) {
                throw new RejectedExecutionException("The device's thread has ended, or is about to");
            }
            tasks.add(task);
        }
    }

    /** Whether it runs what it is given. */
    public boolean alive() {
        return thread.isAlive();
    }

    /** Runs a task on the device's thread and waits for its result; what it throws is thrown here. */
    public <T> T call(Supplier<T> task) {
        return join(CompletableFuture.supplyAsync(task, this));
    }

    /** Waits for a task's result; what the task throws is thrown here. */
    public static <T> T join(CompletableFuture<T> result) {
        try {
            return result.join();
        } catch (CompletionException e) {
            throw switch (e.getCause()) {
                case RuntimeException cause -> cause;
                case Error cause -> throw cause;
                default -> e;
            };
        }
    }

    /** Waits for the results of several tasks; what the first of those throws that fail is thrown here once all have ended. */
    public static <T> List<T> joinAll(List<CompletableFuture<T>> results) {
        CompletableFuture.allOf(results.toArray(CompletableFuture[]::new))
                .exceptionally(e -> null)
                .join();
        return results.stream().map(DeviceThread::join).toList();
    }

    /** Runs a task on the device's thread and waits for its end; what it throws is thrown here. */
    public void run(Runnable task) {
        call(() -> {
            task.run();
            return null;
        });
    }

    /** Finishes what was handed in before, then ends the thread; waits for that, but not for ever. */
    @Override
    public void close() {
        close(() -> {});
    }

    /** The same after a last task; where somebody has closed it already that task does not run. */
    public void close(Runnable last) {
        synchronized (tasks) {
            if (!closing) {
                closing = true;
                tasks.add(last);
                tasks.add(() -> closed = true);
            }
        }
        try {
            thread.join(LONGEST_END);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void loop() {
        while (!closed) {
            try {
                tasks.take().run();
            } catch (Throwable e) {
                say(e);
            }
        }
    }

    /** Where the heap is exhausted even this may fail. */
    private static void say(Throwable failure) {
        try {
            LOG.error("A task failed on the device's thread, which goes on", failure);
        } catch (Throwable e) {
            // the thread is worth more than the line
        }
    }
}
