package dev.headroom.generation;

import dev.headroom.device.DeviceMemory;
import dev.headroom.gate.Gate;
import dev.headroom.gate.Permit;
import dev.headroom.gate.Share;
import dev.headroom.generation.Sequence.Means;
import dev.headroom.generation.sampling.Sampler;
import dev.headroom.generation.sampling.Sampling;
import dev.headroom.model.ModelSpec;
import dev.headroom.model.TaskSpec;
import dev.headroom.plan.GenerationPlan;
import dev.headroom.plan.Setting;
import dev.headroom.plan.Source;
import dev.headroom.request.Urgency;
import dev.headroom.session.Decoder;
import dev.headroom.session.DeviceThread;
import dev.headroom.session.ExecutionProvider;
import dev.headroom.session.ExecutionProvider.Cpu;
import dev.headroom.session.Stories;
import dev.headroom.session.TinyLlama;
import dev.headroom.task.TextTokenizer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/** A real model that generates text on a device of its own. */
final class RunningGenerator implements AutoCloseable {

    static final Sampling GREEDY_TOLD =
            new Sampling(0, 0, 1, 0, 1, 0, 0, Map.of(), OptionalLong.empty(), 0, Optional.empty());

    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final DeviceThread thread = new DeviceThread("test");
    final Gate gate = new Gate(thread, DeviceMemory.UNKNOWN);
    final GeneratingModel model;
    private final Decoder decoder;
    private final Generators generators;
    private final TextTokenizer tokenizer;

    private RunningGenerator(ModelSpec spec, GenerationPlan plan, ExecutionProvider provider) {
        decoder = thread.call(() -> Decoder.open(spec, provider));
        generators = new Generators(List.of(new Generator(
                decoder,
                gate,
                Generator.suited(plan, decoder),
                new GenerationMeters(meters, spec.name(), Optional.empty()))));
        model = new GeneratingModel(spec, generators);
        tokenizer = TextTokenizer.open(((TaskSpec.Generate) spec.task()).text().tokenizer());
        generators.start();
    }

    /** The small Llama in a form, with so many bytes for keys and values and so many rows. */
    static RunningGenerator of(String form, long cacheBytes, int rows) {
        long tokens = Math.min(512, cacheBytes / (5 * 2 * 4 * 16 * 4));
        return of(Stories.spec(form), new Room(cacheBytes, tokens, rows, 512));
    }

    /** A model with this room. */
    static RunningGenerator of(ModelSpec spec, Room room) {
        return of(spec, room, new Cpu(1));
    }

    /** The same on another device. */
    static RunningGenerator of(ModelSpec spec, Room room, ExecutionProvider provider) {
        return new RunningGenerator(spec, room.plan(), provider);
    }

    /**
     * The room that a plan gives.
     *
     * @param cacheBytes bytes for keys and values
     * @param context the most tokens of a sequence
     * @param rows the most sequences at a time
     * @param chunk the most tokens of a prompt that are read at a time
     * @param kept true if sequences that have ended help others that begin alike
     */
    record Room(long cacheBytes, long context, int rows, int chunk, boolean kept) {

        /** One in which what was read is kept. */
        Room(long cacheBytes, long context, int rows, int chunk) {
            this(cacheBytes, context, rows, chunk, true);
        }

        GenerationPlan plan() {
            return new GenerationPlan(
                    setting(cacheBytes),
                    setting(cacheBytes),
                    setting(kept ? cacheBytes : 0),
                    setting(context),
                    setting(context),
                    setting(rows),
                    setting(chunk));
        }
    }

    private static Setting setting(long value) {
        return new Setting(value, "", Source.SET, "the test wants it");
    }

    /** A prompt of random tokens. */
    static int[] prompt(int seed, int length) {
        return new Random(seed).ints(length, 2, TinyLlama.VOCABULARY).toArray();
    }

    /** The tokens that follow, one after the other and with plenty of room, on so many prompts, the first of 20 tokens, the next of 21. */
    static List<int[]> alone(ModelSpec spec, int prompts, int tokens) {
        try (RunningGenerator one = of(spec, new Room(16 << 20, TinyLlama.LONGEST, 8, 64))) {
            return IntStream.range(0, prompts)
                    .mapToObj(i -> one.generate(prompt(i, 20 + i), tokens).tokens())
                    .toList();
        }
    }

    /** Has a prompt continued by the most probable tokens. */
    Told generate(int[] prompt, int tokens) {
        return generate(prompt, tokens, GREEDY_TOLD);
    }

    /** Has a prompt continued. */
    Told generate(int[] prompt, int tokens, Sampling sampling) {
        Told told = new Told();
        generate(new GenerationRequest(prompt, sampling, tokens, Stopping.AT_ENDS, Urgency.INTERACTIVE), told);
        return told;
    }

    /** Has a request answered; returns what ends it. */
    Runnable generate(GenerationRequest request, GenerationListener listener) {
        return model.generate(request, listener);
    }

    /**
     * Has a prompt continued by the most probable tokens to the last, none of which ends it. The text of each is told at once,
     * with an x behind it.
     */
    void generateAll(int[] prompt, int tokens, GenerationListener listener) {
        GenerationRequest request =
                new GenerationRequest(prompt, Sampling.GREEDY, tokens, Stopping.AT_ENDS, Urgency.INTERACTIVE);
        TextStream text =
                new TextStream(ids -> tokenizer.decode(ids) + "x".repeat(ids.length), prompt, Stopping.AT_ENDS);
        Means means = new Means(new Sampler(Sampling.GREEDY, prompt), text, Set.of(), model.contextLength());
        generators.admit(request, listener, means);
    }

    /** Has requests made before the first of them runs. */
    void together(Runnable requests) {
        try {
            Permit held = gate.enter(new Share(1));
            try {
                requests.run();
            } finally {
                held.leave();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ends all sequences. */
    void end() {
        generators.close();
    }

    /** Another model needs memory. */
    void shrink() {
        decoder.shrink();
    }

    /** Admits nothing new. */
    void drain() {
        generators.drain();
    }

    boolean busy() {
        return generators.busy();
    }

    double gauge(String meter, String kind) {
        return meters.get(meter).tag("kind", kind).gauge().value();
    }

    /** Tokens of a kind, as the meter counts them. */
    double tokens(String kind) {
        return meters.get("headroom.generation.tokens")
                .tag("kind", kind)
                .counter()
                .count();
    }

    double count(String meter) {
        return meters.get(meter).counter().count();
    }

    @Override
    public void close() {
        generators.close();
        thread.call(() -> {
            decoder.close();
            return null;
        });
        thread.close();
    }
}
