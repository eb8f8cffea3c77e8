package dev.headroom.worker;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Starts records' turns, each on a thread of its own; where order is asked for, those of one key one after the other. */
final class KeyedTurns {

    /** Stands for the record before, where a record waits for none. */
    private static final CompletableFuture<Boolean> NOTHING = CompletableFuture.completedFuture(true);

    private final boolean ordered;
    private final Map<Key, CompletableFuture<Boolean>> last = new HashMap<>();

    private record Key(String topic, int partition, ByteBuffer bytes) {

        static Key of(ConsumerRecord<byte[], byte[]> taken) {
            return new Key(taken.topic(), taken.partition(), ByteBuffer.wrap(taken.key()));
        }
    }

    KeyedTurns(boolean ordered) {
        this.ordered = ordered;
    }

    /**
     * Starts a turn.
     *
     * @param turn works on the record; true if it is settled
     * @param over hears whether it is; false also where one before it is not
     */
    void start(ConsumerRecord<byte[], byte[]> taken, BooleanSupplier turn, Consumer<Boolean> over) {
        if (!ordered || taken.key() == null) {
            run(NOTHING, turn, over);
            return;
        }
        Key key = Key.of(taken);
        CompletableFuture<Boolean> end = new CompletableFuture<>();
        CompletableFuture<Boolean> before;
        synchronized (last) {
            before = last.put(key, end);
        }
        run(before == null ? NOTHING : before, turn, settled -> {
            synchronized (last) {
                last.remove(key, end);
            }
            end.complete(settled);
            over.accept(settled);
        });
    }

    private static void run(CompletableFuture<Boolean> before, BooleanSupplier turn, Consumer<Boolean> over) {
        Thread.startVirtualThread(() -> {
            boolean settled = false;
            try {
                settled = before.join() && turn.getAsBoolean();
            } finally {
                over.accept(settled);
            }
        });
    }
}
