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
 * A thread of one device: its only one on a GPU, that of one lane on a CPU. ONNX Runtime's CUDA provider keeps a context for each calling
 * thread: a session grew by 2 GiB with each run when threads changed (onnxruntime #29351).
 */
public final class DeviceThread implements Executor, AutoCloseable {

    private static final Logger LOG = Logger.getLogger(DeviceThread.class);

    private static final Duration LONGEST_END = Duration.ofSeconds(10);

    private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final Thread thread;
    private boolean closing; // guarded by tasks; no task is added once it is set
    private boolean closed; // used by the thread alone

    /** Starts the thread of the device with this name. */
    public DeviceThread(String device) {
        this(Thread.ofPlatform().daemon().name("headroom-device-" + device).factory());
    }

    DeviceThread(ThreadFactory threads) {
        thread = threads.newThread(this::loop);
        thread.start();
    }

    /**
     * Runs a task after all earlier ones.
     *
     * @throws RejectedExecutionException when the thread is closed
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

    /** True while the thread runs. */
    public boolean alive() {
        return thread.isAlive();
    }

    /** Runs a task on the device's thread and waits for its result. Throws the task's exception. */
    public <T> T call(Supplier<T> task) {
        return join(CompletableFuture.supplyAsync(task, this));
    }

    /** Waits for a task's result. Throws the task's exception. */
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

    /** Waits for the end of several tasks and returns their results. Throws the exception of the first that failed. */
    public static <T> List<T> joinAll(List<CompletableFuture<T>> results) {
        CompletableFuture.allOf(results.toArray(CompletableFuture[]::new))
                .exceptionally(e -> null)
                .join();
        return results.stream().map(DeviceThread::join).toList();
    }

    /** Runs a task on the device's thread and waits for its end. Throws the task's exception. */
    public void run(Runnable task) {
        call(() -> {
            task.run();
            return null;
        });
    }

    /** Ends the thread after the tasks that it has, and waits up to 10 seconds for the end. */
    @Override
    public void close() {
        close(() -> {});
    }

    /** Closes after a last task, which does not run when the thread was closed before. */
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

    /** Logs a failure, which may fail itself when the heap is exhausted. */
    private static void say(Throwable failure) {
        try {
            LOG.error("A task failed on the device's thread, which goes on", failure);
        } catch (Throwable e) {
            // the thread must survive
        }
    }
}
