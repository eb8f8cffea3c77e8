package dev.headroom.generation;

import dev.headroom.gate.Permit;
import dev.headroom.gate.Share;
import dev.headroom.generation.RunningGenerator.Room;
import dev.headroom.generation.sampling.Choice;
import dev.headroom.model.ModelSpec;
import dev.headroom.request.Failure;
import dev.headroom.session.LlamaForm;
import dev.headroom.session.Stories;
import dev.headroom.session.TinyLlama;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures what the engine adds to the decoder's bare loop, what rows gain, and how long a first token takes beside others. All
 * in turns in one process, medians of the rounds. Rates and first tokens count the processor time of the one thread that runs the
 * steps, so that what else runs on the machine weighs less.
 *
 * <p>{@code ./mvnw test-compile surefire:test@default-test -Dtest=GenerationBenchmark -DexcludedGroups= [-Drounds=9]}
 */
@Tag("benchmark")
class GenerationBenchmark {

    private static final int ROUNDS = Integer.getInteger("rounds", 9);
    private static final int[] ROWS = {1, 4, 8, 16};
    private static final int PROMPT = 16;
    private static final int TOKENS = 200;
    private static final int LONG_PROMPT = 400;
    private static final int CALLERS = 8;

    @TempDir
    private Path folder;

    private final Random random = new Random(1);

    @Test
    void print() throws Exception {
        for (String form : Stories.FORMS) {
            if (Stories.present()) {
                print(form, Stories.spec(form));
            }
        }
        print("random, shared", TinyLlama.write(folder.resolve("shared"), LlamaForm.SHARED, 4, 256));
        print("random, concatenated", TinyLlama.write(folder.resolve("other"), LlamaForm.CONCATENATED, 4, 256));
        print("larger, shared", TinyLlama.write(folder.resolve("larger"), LlamaForm.SHARED, 6, 640)); // than the cache
    }

    private void print(String name, ModelSpec spec) throws Exception {
        try (RunningGenerator model = RunningGenerator.of(spec, new Room(256 << 20, 512, 16, 512));
                BareDecoder bare = new BareDecoder(spec)) {
            List<double[]> rates = new ArrayList<>();
            List<double[]> firsts = new ArrayList<>();
            for (int round = -2; round < ROUNDS; round++) { // two warm up
                double[] rate = rates(model, bare);
                double[] first = firsts(model);
                if (round >= 0) {
                    rates.add(rate);
                    firsts.add(first);
                }
            }
            print(name, rates, firsts);
        }
    }

    private static void print(String name, List<double[]> rates, List<double[]> firsts) {
        for (int i = 0; i < ROWS.length; i++) {
            int at = 2 * i;
            System.out.printf(
                    "%s: %d rows: %,.0f tokens a second, the bare loop %,.0f; ratio %.3f%n",
                    name,
                    ROWS[i],
                    median(rates, r -> r[at]),
                    median(rates, r -> r[at + 1]),
                    median(rates, r -> r[at] / r[at + 1]));
        }
        System.out.printf("%s: 8 rows to 1: x %.2f%n", name, median(rates, r -> r[4] / r[0]));
        System.out.printf(
                "%s: first token idle %.2f ms, beside %d callers %.2f ms; ratio %.2f%n",
                name, median(firsts, f -> f[0]), CALLERS, median(firsts, f -> f[1]), median(firsts, f -> f[1] / f[0]));
    }

    /** The first token of each turn of a conversation, whose beginning was read in the turn before, against reading all of it. */
    @Test
    void printTurns() throws Exception {
        ModelSpec spec = TinyLlama.write(folder.resolve("turns"), LlamaForm.SHARED, 4, 256);
        for (int length : new int[] {100, 200, 400}) {
            try (RunningGenerator kept = RunningGenerator.of(spec, new Room(256 << 20, 512, 16, 512, true));
                    RunningGenerator other = RunningGenerator.of(spec, new Room(256 << 20, 512, 16, 512, false))) {
                List<double[]> rounds = new ArrayList<>();
                for (int round = -2; round < ROUNDS; round++) {
                    int[] first = prompt(length);
                    double[] millis = {turn(kept, first), turn(other, first)};
                    if (round >= 0) {
                        rounds.add(millis);
                    }
                }
                System.out.printf(
                        "a turn behind %d tokens: %.2f ms, read again %.2f ms; ratio %.3f%n",
                        length, median(rounds, r -> r[0]), median(rounds, r -> r[1]), median(rounds, r -> r[0] / r[1]));
            }
        }
    }

    /** Milliseconds of the steps' thread to the first token of the second turn. */
    private double turn(RunningGenerator model, int[] first) throws Exception {
        First answer = new First();
        model.generateAll(first, 20, answer);
        answer.nanos.join();
        model.gate.call(() -> null);
        long start = model.thread.call(BareDecoder::processorNanos);
        First second = new First();
        int[] both = Arrays.copyOf(first, first.length + 16);
        System.arraycopy(prompt(16), 0, both, first.length, 16);
        model.generateAll(both, 1, second);
        return (second.nanos.join() - start) / 1e6;
    }

    private interface Figure {
        double of(double[] round);
    }

    private static double median(List<double[]> rounds, Figure figure) {
        double[] all = rounds.stream().mapToDouble(figure::of).sorted().toArray();
        return all[all.length / 2];
    }

    /** Tokens a second for each number of rows, of the engine and of the bare loop. */
    private double[] rates(RunningGenerator model, BareDecoder bare) throws Exception {
        double[] rates = new double[2 * ROWS.length];
        for (int i = 0; i < ROWS.length; i++) {
            List<int[]> prompts = new ArrayList<>();
            for (int row = 0; row < ROWS[i]; row++) {
                prompts.add(prompt(PROMPT));
            }
            rates[2 * i] = engine(model, prompts);
            rates[2 * i + 1] = bare.rate(prompts, TOKENS);
        }
        return rates;
    }

    private int[] prompt(int length) {
        return random.ints(length, 5, 300).toArray();
    }

    /** The rate from the time at which all rows are there to the first end of one. */
    private static double engine(RunningGenerator model, List<int[]> prompts) throws Exception {
        Steady steady = new Steady(prompts.size());
        Permit held = model.gate.enter(new Share(1));
        for (int[] prompt : prompts) {
            model.generateAll(prompt, TOKENS, steady.row());
        }
        held.leave();
        double rate = steady.rate.join();
        model.gate.call(() -> null);
        return rate;
    }

    /** Counts the tokens of rows while all of them are there. */
    private static final class Steady {

        private final CompletableFuture<Double> rate = new CompletableFuture<>();
        private final AtomicInteger left;
        private int begun;
        private long start;
        private long tokens;
        private long end;
        private final int rows;

        Steady(int rows) {
            this.rows = rows;
            this.left = new AtomicInteger(rows);
        }

        private void token(boolean first) {
            begun += first ? 1 : 0;
            if (begun == rows) {
                start = start == 0 ? BareDecoder.processorNanos() : start;
                tokens += end == 0 ? 1 : 0;
            }
        }

        private void over() {
            end = end == 0 ? BareDecoder.processorNanos() : end;
            if (left.decrementAndGet() == 0) {
                rate.complete((tokens - 1) * 1e9 / (end - start));
            }
        }

        private GenerationListener row() {
            return new GenerationListener() {
                private boolean told;

                @Override
                public void text(String text, List<Choice> choices) {
                    token(!told);
                    told = true;
                }

                @Override
                public void ended(FinishReason reason, Usage usage) {
                    over();
                }

                @Override
                public void failed(Failure failure) {
                    rate.completeExceptionally(new IllegalStateException(failure.detail()));
                }
            };
        }
    }

    /** Milliseconds of the steps' thread to the first token of a short prompt, idle and beside callers with long ones. */
    private double[] firsts(RunningGenerator model) throws Exception {
        long thread = model.thread.call(() -> Thread.currentThread().threadId());
        double idle = firstMillis(model, thread);
        List<Caller> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            callers.add(new Caller(model));
        }
        callers.forEach(Caller::call);
        for (Caller caller : callers) {
            caller.begun.join();
        }
        double beside = firstMillis(model, thread);
        callers.forEach(caller -> caller.goesOn = false);
        for (Caller caller : callers) {
            caller.end.join();
        }
        model.gate.call(() -> null);
        return new double[] {idle, beside};
    }

    private double firstMillis(RunningGenerator model, long thread) {
        double[] all = new double[15];
        Arrays.setAll(all, i -> {
            First first = new First();
            LockSupport.parkNanos(random.nextLong(10_000_000)); // arrives at any time of a step
            long start = ManagementFactory.getThreadMXBean().getThreadCpuTime(thread);
            model.generateAll(prompt(8), 1, first);
            return (first.nanos.join() - start) / 1e6;
        });
        Arrays.sort(all);
        return all[all.length / 2];
    }

    /** Notes the time of the end, which is that of the only token. */
    private static class First implements GenerationListener {

        final CompletableFuture<Long> nanos = new CompletableFuture<>();

        @Override
        public void text(String text, List<Choice> tokens) {}

        @Override
        public void ended(FinishReason reason, Usage usage) {
            nanos.complete(BareDecoder.processorNanos());
        }

        @Override
        public void failed(Failure failure) {
            nanos.completeExceptionally(new IllegalStateException(failure.detail()));
        }
    }

    /** Has long prompts continued, one after the other. */
    private final class Caller extends First {

        final CompletableFuture<Void> begun = new CompletableFuture<>();
        final CompletableFuture<Void> end = new CompletableFuture<>();
        private final RunningGenerator model;
        volatile boolean goesOn = true;

        Caller(RunningGenerator model) {
            this.model = model;
        }

        void call() {
            model.generateAll(prompt(LONG_PROMPT), 60, this);
        }

        @Override
        public void text(String text, List<Choice> tokens) {
            begun.complete(null);
        }

        @Override
        public void ended(FinishReason reason, Usage usage) {
            begun.complete(null);
            if (goesOn) {
                call();
            } else {
                end.complete(null);
            }
        }
    }
}
