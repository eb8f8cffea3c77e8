package dev.headroom.task;

import dev.headroom.request.Priority;
import java.util.concurrent.CountDownLatch;

/** Decoders that are all busy until they are let go: images stand in line meanwhile. */
public final class HeldDecoders implements AutoCloseable {

    private final Decoders decoders;
    private final CountDownLatch end = new CountDownLatch(1);

    private HeldDecoders(Decoders decoders) {
        this.decoders = decoders;
    }

    /** Holds those that decode this pipeline's images. */
    public static HeldDecoders of(Pipeline pipeline) {
        return of(pipeline.decoders());
    }

    static HeldDecoders of(Decoders decoders) {
        HeldDecoders held = new HeldDecoders(decoders);
        CountDownLatch all = new CountDownLatch(decoders.atATime());
        for (int i = 0; i < decoders.atATime(); i++) {
            decoders.place(new Input.Text("none"), Priority.INTERACTIVE).decode(() -> {
                all.countDown();
                await(held.end);
            });
        }
        await(all);
        return held;
    }

    static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns once so many images stand in line. */
    public void awaitWaiting(int images) {
        while (decoders.waiting() != images) {
            Thread.onSpinWait();
        }
    }

    /** Lets them decode again. */
    public void letGo() {
        end.countDown();
    }

    @Override
    public void close() {
        letGo();
    }
}
