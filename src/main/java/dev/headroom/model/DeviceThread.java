package dev.headroom.model;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
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
    private volatile boolean closed;

    /** Starts the thread of the device with this name. */
    public DeviceThread(String device) {
        thread = Thread.ofPlatform().daemon().name("headroom-device-" + device).start(this::loop);
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    /** Runs a task on the device's thread and waits for its result; what it throws is thrown here. */
    public <T> T call(Supplier<T> task) {
        try {
            return CompletableFuture.supplyAsync(task, this).join();
        } catch (CompletionException e) {
            throw switch (e.getCause()) {
                case RuntimeException cause -> cause;
                case Error cause -> throw cause;
                default -> e;
            };
        }
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
        tasks.add(() -> closed = true);
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
                LOG.error("A task failed on the device's thread, which goes on", e);
            }
        }
    }
}
