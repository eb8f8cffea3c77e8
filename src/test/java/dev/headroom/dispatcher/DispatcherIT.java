package dev.headroom.dispatcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.dispatcher.DeliverySpec.BackoffPolicy;
import dev.headroom.dispatcher.Dispatcher.Letter;
import dev.headroom.session.ArenaTenant;
import dev.headroom.session.WordModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker's events to the packaged service, while its process is killed, ended, replaced and squeezed at random: each ends as
 * one reply, which is right, or as one dead letter, where it is due. {@code -Ddispatcher.seed=...} repeats what happened as far
 * as time allows, {@code -Ddispatcher.events=...} goes on for longer.
 */
@Timeout(1800)
class DispatcherIT {

    private static final long SEED = Long.getLong("dispatcher.seed", System.nanoTime());
    private static final int EVENTS = Integer.getInteger("dispatcher.events", 10_000);
    private static final int SLICE = Math.min(1_200, EVENTS / 8);

    private static final int BATCH = 16;
    private static final int PREFETCH = 2 * BATCH;
    private static final long MIB = 1 << 20;
    private static final long DEVICE_BYTES = 150 * MIB;
    private static final long MODEL_BYTES = 43 * MIB; // and what else the tenant finds taken

    /** Ten times as fast, so that the pauses after a failure are those of a trigger with PT0.2S and PT10S. */
    private static final double HASTE = 10;

    private static final DeliverySpec DELIVERY = new DeliverySpec(
            120,
            BackoffPolicy.EXPONENTIAL,
            Duration.ofMillis(200),
            Optional.of(Duration.ofSeconds(10)),
            Optional.of(Duration.ofSeconds(10)));

    private enum Trouble {
        KILLED,
        TERMINATED,
        REPLACED,
        SQUEEZED
    }

    @TempDir
    Path folder;

    private final Ledger ledger = new Ledger();
    private final Random random = new Random(SEED);
    private final List<Question> questions =
            IntStream.range(0, EVENTS).mapToObj(n -> Question.of(n, random)).toList();

    @Test
    void everyEventEndsOnceAndRightWhateverBecomesOfTheProcess() throws Exception {
        run(OptionalInt.empty());
    }

    @Test
    void everyEventEndsOnceAndRightBehindAQueueProxy() throws Exception {
        run(OptionalInt.of(PREFETCH));
    }

    private void run(OptionalInt containerConcurrency) throws Exception {
        System.out.printf("-Ddispatcher.seed=%d%n", SEED);
        try (Cluster cluster = new Cluster(containerConcurrency, options())) {
            Tap<Letter> letters = new Tap<>(letters().iterator());
            Subscriber subscriber = new Subscriber(cluster::address, Duration.ofSeconds(60));
            Dispatcher dispatcher = new Dispatcher(subscriber, DELIVERY, HASTE, ledger);
            CompletableFuture<Void> dispatched = CompletableFuture.runAsync(
                    () -> dispatcher.dispatch(letters, PREFETCH), Thread::startVirtualThread);
            List<Trouble> troubles = troubles();
            for (Trouble trouble : troubles) {
                takeSome(letters, () -> strike(trouble, cluster, letters));
            }
            letters.open(EVENTS);
            dispatched.join();
            System.out.printf(
                    "%s%n%s; the last process answered %.0f events from a run before%n",
                    troubles, ledger, cluster.duplicates());
            assertEquals(List.of(), ledger.broken());
            assertTrue(ledger.repeated() > 0, "nobody noticed that anything happened");
            assertEquals(List.of(), complaints(), cluster.log());
        }
    }

    private List<String> options() throws IOException {
        Path models = Files.createDirectories(folder.resolve("models"));
        WordModels.embedder(models.resolve("words"));
        Files.createSymbolicLink(
                models.resolve("minilm"), Path.of("models/all-minilm-l6-v2").toAbsolutePath());
        return List.of(
                "headroom.models=" + models,
                "headroom.state-dir=" + folder.resolve("state"),
                "headroom.device=cpu",
                "headroom.calibration=off",
                "headroom.batch.max-items=" + BATCH,
                "headroom.memory.limit=" + DEVICE_BYTES,
                "headroom.timeout=60s",
                "quarkus.http.limits.max-body-size=" + Question.Broken.LARGEST_BODY,
                "quarkus.log.category.\"dev.headroom.function.Problem\".level=ERROR");
    }

    private List<Letter> letters() {
        List<Letter> letters = new ArrayList<>();
        for (int n = 0; n < EVENTS; n++) {
            Question question = questions.get(n);
            letters.add(new Letter(
                    CloudEvent.asking(Integer.toString(n), question.type(), question.contentType(), question.data()),
                    random.nextBoolean() ? HttpBinding.BINARY : HttpBinding.STRUCTURED));
        }
        return letters;
    }

    /** Each of them once before any comes again. */
    private static List<Trouble> troubles() {
        Random chance = new Random(SEED);
        List<Trouble> troubles = new ArrayList<>(List.of(Trouble.values()));
        Collections.shuffle(troubles, chance);
        int slices = troubles.size() + 1;
        while (slices + 2 <= EVENTS / SLICE) {
            Trouble more = Trouble.values()[chance.nextInt(Trouble.values().length)];
            troubles.add(more);
            slices += more == Trouble.SQUEEZED ? 2 : 1;
        }
        return troubles;
    }

    /** Something happens when about half of a slice of events are settled, and the rest come meanwhile and after it. */
    private void takeSome(Tap<Letter> letters, Callable<Void> something) throws Exception {
        int before = SLICE / 4 + random.nextInt(SLICE / 2);
        letters.open(SLICE);
        ledger.awaitSettled(before);
        something.call();
        ledger.awaitSettled(SLICE - before);
    }

    private Void strike(Trouble trouble, Cluster cluster, Tap<Letter> letters) throws Exception {
        switch (trouble) {
            case KILLED -> cluster.kill();
            case TERMINATED -> cluster.terminate();
            case REPLACED -> cluster.replace();
            case SQUEEZED -> {
                cluster.squeeze(DEVICE_BYTES - MODEL_BYTES - ArenaTenant.ROOM_BYTES);
                takeSome(letters, () -> null);
                cluster.squeeze(0);
            }
        }
        return null;
    }

    private List<String> complaints() {
        List<String> complaints = new ArrayList<>();
        for (int n = 0; n < EVENTS; n++) {
            Question question = questions.get(n);
            String id = Integer.toString(n);
            List<CloudEvent> replies = ledger.replies(id);
            List<CloudEvent> dead = ledger.deadLetters(id);
            if (replies.size() + dead.size() != 1) {
                complaints.add("event %d has %d replies and %d dead letters".formatted(n, replies.size(), dead.size()));
            }
            replies.stream()
                    .filter(reply -> !id.equals(reply.attributes().get("causationid")))
                    .forEach(reply -> complaints.add("event " + id + " has the reply " + reply.attributes()));
            replies.forEach(reply -> question.complaint(reply.text()).ifPresent(complaints::add));
            dead.stream()
                    .filter(letter -> !question.death().map(Object::toString).equals(code(letter)))
                    .forEach(letter -> complaints.add(
                            "%s instead of %s: %s".formatted(code(letter), question.death(), letter.attributes())));
        }
        return complaints;
    }

    private static Optional<String> code(CloudEvent deadLetter) {
        return Optional.of(deadLetter.attributes().get("knativeerrorcode"));
    }
}
