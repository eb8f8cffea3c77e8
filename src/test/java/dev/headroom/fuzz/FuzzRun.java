package dev.headroom.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import java.util.stream.IntStream;

/** Runs the cases of a seed, several at a time, until its time is over. */
final class FuzzRun {

    private static final int CALLERS = 12;
    private static final int MOST_FINDINGS = 40;
    private static final Path REPORTS = Path.of("target/fuzz");

    private final int port;
    private final LongFunction<Case> cases;
    private final AtomicLong done = new AtomicLong();
    private final Map<Long, String> findings = new ConcurrentSkipListMap<>();

    /** Cases of this kind, made of their seeds. */
    FuzzRun(int port, LongFunction<Case> cases) {
        this.port = port;
        this.cases = cases;
    }

    /** The cases of a seed, one after the other, for so long. */
    void run(long seed, Duration time) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        AtomicLong index = new AtomicLong();
        List<Thread> callers = IntStream.range(0, CALLERS)
                .mapToObj(i -> Thread.ofPlatform().start(() -> {
                    try (Caller caller = new Caller(port)) {
                        while (System.nanoTime() < end && findings.size() < MOST_FINDINGS) {
                            one(caller, Cases.seed(seed, index.getAndIncrement()));
                        }
                    }
                }))
                .toList();
        for (Thread caller : callers) {
            caller.join();
        }
    }

    /** One case alone. */
    void one(long seed) {
        try (Caller caller = new Caller(port)) {
            one(caller, seed);
        }
    }

    private void one(Caller caller, long seed) {
        Case one = cases.apply(seed);
        try {
            caller.run(one);
        } catch (IOException | RuntimeException e) {
            note(seed, one, e);
        }
        done.incrementAndGet();
    }

    private void note(long seed, Case one, Exception failure) {
        String text = failure instanceof Finding ? failure.getMessage() : failure.toString();
        findings.put(seed, text);
        System.err.printf("-Dfuzz.case=%d: %s%nafter%n%s%n%n", seed, text, one.text());
        try {
            Files.createDirectories(REPORTS);
            Files.write(REPORTS.resolve(seed + ".request"), one.bytes());
        } catch (IOException e) {
            System.err.println(e);
        }
    }

    long done() {
        return done.get();
    }

    /** The findings, by the seed of the case. */
    Map<Long, String> findings() {
        return findings;
    }
}
