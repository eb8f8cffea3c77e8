package dev.headroom.plan;

import dev.headroom.device.Bytes;
import dev.headroom.plan.Resident.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Decides which models are open on a device that does not hold all of them. A pure function: it has no clock and opens
 * nothing.
 *
 * <p>Models that were wanted first are opened first. A later one goes before them only where it takes none of their room.
 * A model gives way if it is not pinned and its {@link Resident#stayEnd turn} is over. Of all sets of such models that free
 * enough, the one is closed that was used least lately: one large old model rather than three small recent ones.
 *
 * @param budgetBytes the most that all open models may take, with the batches of any of them
 * @param idle the time without a request after which a model is closed; empty: never
 */
public record Residency(long budgetBytes, Optional<Duration> idle) {

    /** The next thing to do. */
    public sealed interface Step {

        /** Close some models, and then open one, whose name this is. */
        record Open(String name, List<String> closed) implements Step {}

        /** Close some models, for this reason. */
        record Close(List<String> closed, String reason) implements Step {}

        /** A model can never be opened beside the pinned ones. */
        record Refuse(String name, String reason) implements Step {}

        /**
         * Do nothing until then, unless something happens before.
         *
         * @param untilNanos by the same clock as the moment of the decision; {@code Long.MAX_VALUE} if there is no such time
         */
        record Wait(long untilNanos) implements Step {}
    }

    /** The next step at this moment, with all models that are known. */
    public Step next(long now, List<Resident> all) {
        List<Resident> open = where(all, model -> model.state() == State.OPEN);
        List<Resident> wanted = where(all, model -> model.state() == State.WANTED).stream()
                .sorted(Comparator.comparingLong(Resident::wantedNanos))
                .toList();
        if (!fit(open)) {
            List<Resident> closed = leastUsed(now, where(open, Predicate.not(Resident::pinned)), open);
            if (!closed.isEmpty()) {
                return new Step.Close(names(closed), "the device has less memory for models now");
            }
        }
        Step step = admission(now, open, wanted);
        return step instanceof Step.Wait(long until) ? idleOr(now, open, until) : step;
    }

    private Step admission(long now, List<Resident> open, List<Resident> wanted) {
        List<Resident> kept = new ArrayList<>(open); // once all that wait have come
        long until = Long.MAX_VALUE;
        for (Resident model : wanted) {
            if (!fit(with(where(open, Resident::pinned), model))) {
                return new Step.Refuse(model.name(), refusal(model, where(open, Resident::pinned)));
            }
            List<Resident> giveWay = where(kept, one -> open.contains(one) && one.gives(now));
            Optional<List<Resident>> closed = toClose(now, giveWay, with(kept, model))
                    .filter(leaving -> fit(without(with(open, model), leaving)));
            if (closed.isPresent()) {
                return new Step.Open(model.name(), names(closed.get()));
            }
            Claim claim = claim(now, with(kept, model));
            until = Math.min(until, claim.nanos);
            kept.removeAll(claim.leaving);
            kept.add(model);
        }
        return new Step.Wait(until);
    }

    /** The room that a model waits for. */
    private record Claim(long nanos, List<Resident> leaving) {}

    /** The first moment at which enough models may give way, and those that then will. */
    private Claim claim(long now, List<Resident> all) {
        List<Resident> movable = where(all, one -> one.state() == State.OPEN && !one.pinned());
        return movable.stream()
                .map(one -> Math.max(now, one.stayEnd()))
                .sorted()
                .distinct()
                .flatMap(end ->
                        toClose(now, where(movable, one -> one.stayEnd() <= end), all)
                                .map(leaving -> new Claim(end, leaving))
                                .stream())
                .findFirst()
                .orElse(new Claim(Long.MAX_VALUE, List.of()));
    }

    private Step idleOr(long now, List<Resident> open, long until) {
        long first = until;
        for (Resident model : where(open, one -> idle.isPresent() && !one.pinned() && !one.busy())) {
            long end = Math.max(model.usedNanos(), model.openedNanos())
                    + idle.get().toNanos();
            if (end <= now) {
                return new Step.Close(
                        List.of(model.name()),
                        "no request came for %d s (headroom.models.idle)"
                                .formatted(idle.get().toSeconds()));
            }
            first = Math.min(first, end);
        }
        return new Step.Wait(first);
    }

    /** The models to close so that all others fit; empty where that is not enough. */
    private Optional<List<Resident>> toClose(long now, List<Resident> giveWay, List<Resident> all) {
        if (fit(all)) {
            return Optional.of(List.of());
        }
        return Optional.of(leastUsed(now, giveWay, all)).filter(closed -> fit(without(all, closed)));
    }

    /**
     * The least used of these without which all others fit: those that were used least for their bytes, less those that need
     * not go; or a single one, if that is used less than they are together.
     */
    private List<Resident> leastUsed(long now, List<Resident> giveWay, List<Resident> all) {
        List<Resident> closed = new ArrayList<>();
        giveWay.stream()
                .sorted(Comparator.comparingDouble(model -> model.worth(now) / Math.max(1, model.baseBytes())))
                .takeWhile(model -> !fit(without(all, closed)))
                .forEach(closed::add);
        giveWay.stream()
                .sorted(Comparator.comparingDouble((Resident model) -> model.worth(now))
                        .reversed())
                .filter(model -> closed.contains(model) && fit(without(all, without(closed, List.of(model)))))
                .forEach(closed::remove);
        return giveWay.stream()
                .filter(model -> fit(without(all, List.of(model))))
                .min(Comparator.comparingDouble(model -> model.worth(now)))
                .filter(model -> model.worth(now) <= worth(now, closed))
                .map(List::of)
                .orElse(closed);
    }

    private static double worth(long now, List<Resident> models) {
        return models.stream().mapToDouble(model -> model.worth(now)).sum();
    }

    /** True if these fit together: the bytes of all, and a batch of any of them. One alone always does, as far as is known here. */
    public boolean fit(List<Resident> models) {
        return models.size() <= 1 || takenBytes(models) <= budgetBytes;
    }

    /** The bytes of these, and of the largest of their smallest batches. */
    public static long takenBytes(List<Resident> models) {
        return models.stream().mapToLong(Resident::baseBytes).sum()
                + models.stream().mapToLong(Resident::batchBytes).max().orElse(0);
    }

    private String refusal(Resident model, List<Resident> pinned) {
        return "it takes %s with a batch beside the pinned %s, which leave %s"
                .formatted(
                        Bytes.text(model.baseBytes() + model.batchBytes()),
                        String.join(", ", names(pinned)),
                        Bytes.text(budgetBytes - takenBytes(pinned)));
    }

    private static List<String> names(List<Resident> models) {
        return models.stream().map(Resident::name).toList();
    }

    private static List<Resident> where(List<Resident> models, Predicate<Resident> condition) {
        return models.stream().filter(condition).toList();
    }

    private static List<Resident> with(List<Resident> models, Resident one) {
        return Stream.concat(models.stream(), Stream.of(one)).toList();
    }

    private static List<Resident> without(List<Resident> models, List<Resident> gone) {
        return where(models, model -> !gone.contains(model));
    }
}
