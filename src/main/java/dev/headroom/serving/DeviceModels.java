package dev.headroom.serving;

import dev.headroom.model.ModelSpec;
import dev.headroom.plan.Plan;
import dev.headroom.session.Decoder;
import dev.headroom.session.OnnxModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Opens and closes models on a device, and tells what memory each took of it.
 *
 * <p>Any thread may call but the device's own, for which calls wait.
 */
final class DeviceModels {

    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(10);

    private final ServedDevice device;
    private final List<OnnxModel> open = new ArrayList<>(); // for the task that has the device alone
    private final List<Decoder> decoders = new ArrayList<>(); // for the same task

    /** Nothing is open yet. */
    DeviceModels(ServedDevice device) {
        this.device = device;
    }

    /**
     * A model that has been opened.
     *
     * @param takenBytes memory that it took of the device
     */
    record Opened(OnnxModel model, ServedDevice device, long takenBytes) {}

    /** A model that generates text and has been opened. */
    record OpenedDecoder(Decoder decoder, long takenBytes) {}

    /** Opens a model, once nothing runs: the memory that it takes is the difference of two readings. */
    CompletableFuture<Opened> open(ModelSpec spec, Plan plan) {
        return alone(() -> openNow(spec, plan));
    }

    private <T> CompletableFuture<T> alone(Supplier<T> opening) {
        CompletableFuture<T> opened = new CompletableFuture<>();
        return device.alone(() -> opened.complete(opening.get())).thenCompose(end -> opened);
    }

    private Opened openNow(ModelSpec spec, Plan plan) {
        long before = device.memory().heldBytes();
        OnnxModel model =
                OnnxModel.open(spec, device.plans().provider(plan.threads().value()));
        open.add(model);
        return new Opened(model, device, takenSince(before));
    }

    private long takenSince(long heldBytes) {
        return Math.max(0, device.memory().heldBytes() - heldBytes);
    }

    /**
     * Opens a model that generates text, once nothing runs.
     *
     * @param cpuThreads the threads that share the work of a step on a CPU
     * @return it, with the memory that it took of the device
     */
    CompletableFuture<OpenedDecoder> openDecoder(ModelSpec spec, int cpuThreads) {
        return alone(() -> {
            long before = device.memory().heldBytes();
            Decoder decoder = Decoder.open(spec, device.plans().provider(cpuThreads));
            decoders.add(decoder);
            return new OpenedDecoder(decoder, takenSince(before));
        });
    }

    /**
     * Opens a model while batches of others run, on a thread of its own. Only the two readings wait until nothing runs.
     * With each a CPU's arena gives back what it holds for batches, because it counts weights that come later beside that,
     * and has no cap above it.
     */
    CompletableFuture<Opened> openBeside(ModelSpec spec, Plan plan) {
        return CompletableFuture.supplyAsync(
                () -> openBesideNow(spec, plan),
                Thread.ofPlatform().daemon().name("headroom-opening-" + device.number())::start);
    }

    private Opened openBesideNow(ModelSpec spec, Plan plan) {
        try {
            long before = device.gate().call(this::heldBytesWithoutBatches);
            OnnxModel model =
                    OnnxModel.open(spec, device.plans().provider(plan.threads().value()));
            try {
                device.plans().follow(model, plan);
                return device.gate().call(() -> {
                    open.add(model);
                    return new Opened(model, device, Math.max(0, heldBytesWithoutBatches() - before));
                });
            } catch (RuntimeException | Error e) {
                if (!open.contains(model)) {
                    model.close();
                }
                throw e;
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("Nobody has this thread to interrupt it", e);
        }
    }

    private long heldBytesWithoutBatches() {
        if (!device.gpu()) {
            open.stream().findFirst().ifPresent(OnnxModel::shrink);
        }
        return device.memory().heldBytes();
    }

    /** Closes a model that generates text and is not served, once nothing runs. */
    CompletableFuture<Void> close(Decoder decoder) {
        return device.alone(() -> {
            decoders.remove(decoder);
            decoder.close();
        });
    }

    /**
     * Closes the model of this name where it is open, once nothing runs. Waits for that for 10 s at most: on a device
     * that hangs the sessions are closed when it goes on, and those of a lost device end with the process.
     */
    void close(String name) {
        device.alone(() -> {
                    List<OnnxModel> closing = open.stream()
                            .filter(model -> model.name().equals(name))
                            .toList();
                    closing.forEach(device.gate()::remove);
                    closing.forEach(OnnxModel::close);
                    open.removeAll(closing);
                })
                .completeOnTimeout(null, LONGEST_CLOSE.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(ended -> null) // the device's threads have ended: it is about to be lost
                .join();
    }

    /** Closes all; nothing runs any more. */
    void closeAll() {
        open.forEach(OnnxModel::close);
        decoders.forEach(Decoder::close);
    }
}
