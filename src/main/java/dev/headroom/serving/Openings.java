package dev.headroom.serving;

import dev.headroom.device.Bytes;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.plan.Residency;
import dev.headroom.plan.Residency.Step;
import dev.headroom.serving.OperatorOrder.Kind;
import dev.headroom.settings.PlanRefusedException;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Opens and closes models on demand, one after the other, as {@link Residency} decides.
 *
 * <p>One thread of its own does so. Any thread may wake it, and none waits for it.
 */
final class Openings implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger("dev.headroom");

    private static final Duration LONGEST_SLEEP = Duration.ofSeconds(1);
    private static final Duration LONGEST_END = Duration.ofSeconds(10);

    private final LivePlan plan;
    private final ModelLifecycle lifecycle;
    private final Semaphore wake = new Semaphore(0);
    private final Thread thread =
            Thread.ofPlatform().daemon().name("headroom-openings").unstarted(this::run);
    private volatile boolean closed;

    Openings(LivePlan plan, ModelLifecycle lifecycle) {
        this.plan = plan;
        this.lifecycle = lifecycle;
    }

    /** Begins. */
    void start() {
        thread.start();
    }

    /** Something may be to do. */
    void wake() {
        wake.release();
    }

    /**
     * Opens a model for an operator, in its turn.
     *
     * @return its state then: open, or failed; a {@link dev.headroom.request.RequestFailedException} where it is to be
     *     unloaded before that
     * @throws NoSuchElementException when there is none of this name
     */
    CompletableFuture<ModelState> load(String name) {
        HostedModel model = named(name);
        boolean open =
                model.standing().state() == ModelState.OPEN && model.order().kind() == Kind.NONE;
        return open ? CompletableFuture.completedFuture(ModelState.OPEN) : order(model, Kind.LOAD);
    }

    /**
     * Closes a model for an operator, once its requests are answered; it stays closed until it is loaded.
     *
     * @return its state then; a {@link dev.headroom.request.RequestFailedException} where it is to be loaded before that
     * @throws NoSuchElementException when there is none of this name
     */
    CompletableFuture<ModelState> unload(String name) {
        return order(named(name), Kind.UNLOAD);
    }

    private CompletableFuture<ModelState> order(HostedModel model, Kind kind) {
        CompletableFuture<ModelState> reached = model.order().give(kind);
        if (closed) {
            model.order().end();
        }
        wake();
        return reached;
    }

    private void run() {
        try {
            while (!closed) {
                step();
            }
        } catch (InterruptedException e) {
            LOG.debug("No more models are opened: the process ends");
        }
    }

    private void step() throws InterruptedException {
        wake.drainPermits();
        try {
            step(System.nanoTime());
        } catch (RuntimeException | Error e) {
            LOG.error("Models were neither opened nor closed", e);
            TimeUnit.SECONDS.sleep(1);
        }
    }

    private void step(long now) throws InterruptedException {
        List<HostedModel> hosted = plan.hosted().all();
        hosted.forEach(model -> model.whenWanted(this::wake));
        hosted.stream().filter(model -> model.standing().mayTryAgain()).forEach(HostedModel::accept);
        for (HostedModel model : hosted) {
            switch (model.order().kind()) {
                case NONE -> {}
                case LOAD -> load(model);
                case UNLOAD -> unload(model);
            }
        }
        switch (plan.residency()
                .next(now, plan.hosted().residents(now, plan.device().bytesOfASession()))) {
            case Step.Open(String name, List<String> evicted) -> {
                evict(evicted, "%s needs its memory".formatted(name));
                open(named(name));
            }
            case Step.Close(List<String> evicted, String reason) -> evict(evicted, reason);
            case Step.Refuse(String name, String reason) -> fail(named(name), reason);
            case Step.Wait(long until) ->
                wake.tryAcquire(Math.clamp(until - now, 1, LONGEST_SLEEP.toNanos()), TimeUnit.NANOSECONDS);
        }
    }

    private HostedModel named(String name) {
        return plan.hosted().named(name).orElseThrow(() -> new NoSuchElementException(name));
    }

    private void evict(List<String> names, String reason) throws InterruptedException {
        for (String name : names) {
            lifecycle.evict(named(name), reason);
            LOG.infof("The model %s is closed: %s", name, reason);
        }
    }

    private void open(HostedModel model) throws InterruptedException {
        long start = System.nanoTime();
        try {
            lifecycle.open(model);
            LOG.infof(
                    "The model %s is open after %d ms: it holds %s",
                    model.name(),
                    (System.nanoTime() - start) / 1_000_000,
                    Bytes.text(model.footprint().heldBytes()));
        } catch (BrokenModelException | PlanRefusedException e) {
            fail(model, e.getMessage());
        } catch (RuntimeException | Error e) {
            LOG.errorf(e, "The opening of %s failed", model.name());
            fail(model, String.valueOf(e.getMessage()));
        }
    }

    private static void fail(HostedModel model, String reason) {
        LOG.errorf("The model %s could not be opened, and the others serve on: %s", model.name(), reason);
        model.failed(reason);
    }

    /** Lets it be opened in its turn, unless it is open. */
    private static void load(HostedModel model) {
        switch (model.standing().state()) {
            case OPEN -> model.order().reached(ModelState.OPEN);
            case FAILED, UNLOADED -> model.accept();
            case CLOSED, OPENING, CLOSING -> {}
        }
    }

    private void unload(HostedModel model) throws InterruptedException {
        lifecycle.evict(model, "an operator unloads it");
        model.unloaded();
        LOG.infof("The model %s is closed: an operator unloaded it", model.name());
    }

    /** Ends it after the opening that is under way; it may not have begun. */
    @Override
    public void close() {
        closed = true;
        plan.hosted().all().forEach(model -> model.order().end());
        if (!thread.isAlive()) {
            return;
        }
        thread.interrupt();
        try {
            thread.join(LONGEST_END);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
