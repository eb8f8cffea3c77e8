package dev.headroom.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts answers and dead letters by the question's number. Any thread may call. */
final class WorkerLedger {

    private final int questions;
    private final Map<Integer, AtomicInteger> answers = new ConcurrentHashMap<>();
    private final Map<Integer, String> dead = new ConcurrentHashMap<>();
    private final AtomicInteger deadAgain = new AtomicInteger();
    private final List<String> complaints = java.util.Collections.synchronizedList(new ArrayList<>());

    WorkerLedger(int questions) {
        this.questions = questions;
    }

    /** Notes an answer in binary mode ({@code causation} is its attribute), or in structured mode. */
    void answered(String causation, byte[] body) {
        try {
            JsonNode json = FeedFixture.JSON.readTree(body);
            boolean structured = causation.isEmpty();
            int n = Integer.parseInt(structured ? json.path("causationid").asText() : causation);
            answers.computeIfAbsent(n, key -> new AtomicInteger()).incrementAndGet();
            if (!WorkerQuestions.answers(n, structured ? json.path("data") : json)) {
                complaints.add("the answer to " + n + " is " + new String(body));
            }
        } catch (IOException | RuntimeException e) {
            complaints.add(e + ": " + new String(body));
        }
    }

    void buried(int n, String reason) {
        if (dead.put(n, reason) != null) {
            deadAgain.incrementAndGet();
        }
    }

    /** Questions that are answered or buried. */
    int settled() {
        return answers.size() + dead.size();
    }

    boolean complete() {
        return settled() >= questions;
    }

    /** Waits until so many questions are settled. */
    void awaitSettled(int count) throws Exception {
        FeedFixture.await(() -> settled() >= count);
    }

    /** Nothing is lost or wrong, and at most so many answers and dead letters came again. */
    void check(int mostTwice, String log) {
        assertEquals(List.of(), complaints, log);
        for (int n = 0; n < questions; n++) {
            assertEquals(WorkerQuestions.poison(n) ? "invalid" : null, dead.get(n), "dead letter " + n);
            assertEquals(!WorkerQuestions.poison(n), answers.containsKey(n), "answer " + n);
        }
        int twice = answers.values().stream().mapToInt(AtomicInteger::get).sum() - answers.size() + deadAgain.get();
        System.out.printf("%d questions, %d answers and dead letters came again%n", questions, twice);
        assertTrue(twice <= mostTwice, twice + " came again\n" + log);
    }
}
