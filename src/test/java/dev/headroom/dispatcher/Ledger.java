package dev.headroom.dispatcher;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/** The outcomes of each event, by its id; an event that is delivered twice has two entries. */
final class Ledger {

    private final Map<String, List<CloudEvent>> replies = new ConcurrentHashMap<>();
    private final Map<String, List<CloudEvent>> deadLetters = new ConcurrentHashMap<>();
    private final Map<String, AtomicLong> failures = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Throwable> broken = new ConcurrentLinkedQueue<>();
    private final AtomicLong handled = new AtomicLong();
    private final AtomicLong repeated = new AtomicLong();
    private final Semaphore settled = new Semaphore(0);

    void tried(Outcome outcome) {
        if (outcome instanceof Outcome.Failed(int status, var _, String body)) {
            String reason = body.isEmpty() ? "" : " " + body.replaceAll("localhost[^ ]*|/127[^ ]*", "...");
            failures.computeIfAbsent(status + reason, s -> new AtomicLong()).incrementAndGet();
        }
    }

    void replied(CloudEvent event, CloudEvent reply, int retries) {
        replies.merge(event.id(), List.of(reply), Ledger::joined);
        repeated.addAndGet(retries > 0 ? 1 : 0);
        settled.release();
    }

    void handled(CloudEvent event) {
        handled.incrementAndGet();
        settled.release();
    }

    void dead(CloudEvent event) {
        deadLetters.merge(event.id(), List.of(event), Ledger::joined);
        settled.release();
    }

    void broke(Throwable failure) {
        broken.add(failure);
    }

    private static List<CloudEvent> joined(List<CloudEvent> some, List<CloudEvent> more) {
        List<CloudEvent> all = new ArrayList<>(some);
        all.addAll(more);
        return all;
    }

    /** Waits until so many more events are settled. */
    void awaitSettled(int events) throws InterruptedException {
        settled.acquire(events);
    }

    /** The replies to an event. */
    List<CloudEvent> replies(String id) {
        return replies.getOrDefault(id, List.of());
    }

    /** The dead letters of an event. */
    List<CloudEvent> deadLetters(String id) {
        return deadLetters.getOrDefault(id, List.of());
    }

    /** Events that are settled without a reply. */
    long handled() {
        return handled.get();
    }

    /** Events that were replied to, but not at the first try. */
    long repeated() {
        return repeated.get();
    }

    /** Faults of the dispatcher itself. */
    List<Throwable> broken() {
        return List.copyOf(broken);
    }

    /** The number of failed tries, by status and reason. */
    Map<String, Long> failures() {
        Map<String, Long> counts = new TreeMap<>();
        failures.forEach((reason, count) -> counts.put(reason, count.get()));
        return counts;
    }

    @Override
    public String toString() {
        return "%d events replied to (%d of them not at the first try), %d dead letters, %d without a reply; tries that failed: %s"
                .formatted(replies.size(), repeated.get(), deadLetters.size(), handled.get(), failures());
    }
}
