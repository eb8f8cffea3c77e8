package dev.headroom.worker;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/**
 * Polls a consumer: starts records as long as fewer than the prefetch are in flight, pauses the partitions meanwhile, and
 * commits what is settled. One thread calls it; the turns' threads only settle.
 */
final class KafkaPoll implements ConsumerRebalanceListener {

    private static final Logger LOG = Logger.getLogger(KafkaPoll.class);

    private static final Duration WHILE_FULL = Duration.ofMillis(5);
    private static final Duration WHILE_EMPTY = Duration.ofMillis(200);
    private static final Duration LONGEST_HANDOVER = Duration.ofSeconds(20);
    private static final Duration GLANCE = Duration.ofMillis(5);

    /** Behind a record that is tried again others may be settled, but not committed. This many would be read again. */
    private static final int MOST_UNCOMMITTED = 4;

    private final Consumer<byte[], byte[]> consumer;
    private final Work work;
    private final KafkaTurn turn;
    private final IntSupplier prefetch;
    private final KeyedTurns turns;
    private final Map<TopicPartition, Offsets> partitions = new HashMap<>();
    private final Map<TopicPartition, Takes> takes = new HashMap<>();
    private final Deque<ConsumerRecord<byte[], byte[]>> waiting = new ArrayDeque<>();
    private boolean committing;
    private Map<TopicPartition, OffsetAndMetadata> committed = Map.of();

    KafkaPoll(Consumer<byte[], byte[]> consumer, KafkaTurn turn, IntSupplier prefetch) {
        this.consumer = consumer;
        this.turn = turn;
        this.work = turn.work();
        this.prefetch = prefetch;
        this.turns = new KeyedTurns(turn.settings().ordered());
    }

    /** Takes what comes within a moment, and commits what is settled. */
    void once() {
        boolean full = !waiting.isEmpty() || room() <= 0;
        if (full) {
            consumer.pause(consumer.assignment());
        } else {
            consumer.resume(consumer.paused());
        }
        consumer.poll(full ? WHILE_FULL : WHILE_EMPTY).forEach(waiting::add);
        while (!waiting.isEmpty() && room() > 0 && start(waiting.peek())) {
            waiting.remove();
        }
        commit();
    }

    private int room() {
        int uncommitted =
                partitions.values().stream().mapToInt(Offsets::uncommitted).sum();
        return Math.min(
                prefetch.getAsInt() - work.inFlight().count(), MOST_UNCOMMITTED * prefetch.getAsInt() - uncommitted);
    }

    private boolean start(ConsumerRecord<byte[], byte[]> taken) {
        TopicPartition partition = new TopicPartition(taken.topic(), taken.partition());
        Offsets offsets = partitions.computeIfAbsent(partition, added -> new Offsets());
        Takes taking = takes.computeIfAbsent(partition, added -> new Takes(null, 0));
        if (taking.careful() && offsets.unsettled() > 0 || !work.inFlight().enter()) {
            return false;
        }
        boolean marks = taking.marks();
        int count = taking.begin();
        if (marks) {
            commitNow(Map.of(partition, Takes.mark(taken.offset(), count)));
        }
        begin(taken, count, offsets);
        return true;
    }

    private void begin(ConsumerRecord<byte[], byte[]> taken, int count, Offsets offsets) {
        offsets.begin(taken.offset());
        turns.start(taken, () -> turn.take(taken, count), settled -> {
            if (settled) {
                offsets.settle(taken.offset());
            } else {
                offsets.leave();
            }
            work.inFlight().leave();
        });
    }

    private void commit() {
        Map<TopicPartition, OffsetAndMetadata> settled = committing ? Map.of() : settled(partitions.keySet());
        if (!settled.isEmpty() && !settled.equals(committed)) {
            committing = true;
            consumer.commitAsync(settled, (offsets, failure) -> {
                committing = false;
                if (failure == null) {
                    committed = settled;
                } else {
                    LOG.debugf(failure, "Offsets are committed the next time");
                }
            });
        }
    }

    private Map<TopicPartition, OffsetAndMetadata> settled(Collection<TopicPartition> of) {
        Map<TopicPartition, OffsetAndMetadata> settled = new HashMap<>();
        of.forEach(partition -> Optional.ofNullable(partitions.get(partition))
                .flatMap(Offsets::committable)
                .ifPresent(offset -> settled.put(partition, Takes.mark(offset, 1))));
        return settled;
    }

    /** Another worker gets the partitions: what is in flight of them is settled first, and committed. */
    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
        forgetWaiting(revoked);
        long end = System.nanoTime() + LONGEST_HANDOVER.toNanos();
        while (revoked.stream().anyMatch(this::busy)
                && System.nanoTime() < end
                && work.pauses().pause(GLANCE)) {
            // the turns' threads settle
        }
        commitNow(revoked);
        revoked.forEach(partitions::remove);
    }

    private boolean busy(TopicPartition partition) {
        Offsets offsets = partitions.get(partition);
        return offsets != null && offsets.unsettled() > 0;
    }

    /** Another worker has the partitions already. */
    @Override
    public void onPartitionsLost(Collection<TopicPartition> lost) {
        forgetWaiting(lost);
        lost.forEach(partitions::remove);
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
        Map<TopicPartition, OffsetAndMetadata> known = consumer.committed(Set.copyOf(assigned));
        assigned.forEach(partition ->
                takes.put(partition, new Takes(known.get(partition), MOST_UNCOMMITTED * prefetch.getAsInt())));
        LOG.infof("Events are taken from %s, %d at a time.", assigned, prefetch.getAsInt());
    }

    private void forgetWaiting(Collection<TopicPartition> gone) {
        waiting.removeIf(taken -> gone.contains(new TopicPartition(taken.topic(), taken.partition())));
    }

    /** Commits everything that is settled, and waits for it. */
    void commitAll() {
        commitNow(List.copyOf(partitions.keySet()));
    }

    private void commitNow(Collection<TopicPartition> of) {
        Map<TopicPartition, OffsetAndMetadata> settled = new HashMap<>();
        settled(of).forEach((partition, offset) -> settled.put(partition, new OffsetAndMetadata(offset.offset())));
        commitNow(settled);
    }

    private void commitNow(Map<TopicPartition, OffsetAndMetadata> offsets) {
        try {
            if (!offsets.isEmpty()) {
                consumer.commitSync(offsets);
            }
        } catch (KafkaException e) {
            LOG.warnf("Offsets could not be committed, so that events may be read again: %s", e.getMessage());
        }
    }
}
