package dev.headroom.gate;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** The ways to all devices that serve the same models. If one device is lost, the others go on. */
public record Gates(List<Gate> all) {

    /** Keeps a copy of its list. */
    public Gates {
        all = List.copyOf(all);
    }

    /** Those whose devices are not lost. */
    public List<Gate> serving() {
        return all.stream().filter(gate -> gate.lost().isEmpty()).toList();
    }

    /** The lost devices, each with the reason. */
    public List<String> losses() {
        return all.stream()
                .flatMap(gate -> gate.lost().stream()
                        .map(reason -> all.size() == 1 ? reason : "%s: %s".formatted(gate.name(), reason)))
                .toList();
    }

    /** Why no device is left; empty while one serves. */
    public Optional<String> lost() {
        for (Gate gate : all) {
            if (gate.lost().isEmpty()) {
                return Optional.empty();
            }
        }
        return Optional.of(String.join("; ", losses()));
    }

    /**
     * Tells the listener once, as soon as the last device is lost, why none is left.
     *
     * @return removes the listener
     */
    public Runnable whenLost(Consumer<String> listener) {
        AtomicBoolean told = new AtomicBoolean();
        List<Runnable> ends = all.stream()
                .map(gate -> gate.whenLost(reason -> lost().filter(reasons -> told.compareAndSet(false, true))
                        .ifPresent(listener)))
                .toList();
        return () -> ends.forEach(Runnable::run);
    }

    /** How many batches run at a time on the devices that serve. */
    public int lanes() {
        return serving().stream().mapToInt(Gate::lanes).sum();
    }

    /** How many more could run now. */
    public int freeLanes() {
        int free = 0;
        for (Gate gate : all) {
            free += gate.lost().isEmpty() ? gate.freeLanes() : 0;
        }
        return free;
    }
}
