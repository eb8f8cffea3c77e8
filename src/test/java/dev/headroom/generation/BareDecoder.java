package dev.headroom.generation;

import dev.headroom.model.ModelSpec;
import dev.headroom.session.Decoder;
import dev.headroom.session.DeviceThread;
import dev.headroom.session.ExecutionProvider.Cpu;
import dev.headroom.session.Logits;
import dev.headroom.session.Prompt;
import dev.headroom.session.RunFailedException;
import java.lang.management.ManagementFactory;
import java.util.List;

/** A decoder in the barest loop there is: a step of all rows, the largest score of each, the next step. */
final class BareDecoder implements AutoCloseable {

    private final DeviceThread thread = new DeviceThread("bare");
    private final Decoder model;

    BareDecoder(ModelSpec spec) {
        model = thread.call(() -> Decoder.open(spec, new Cpu(1)));
    }

    /** Tokens a second of processor time, of all rows together, once their prompts are read. */
    double rate(List<int[]> prompts, int tokens) {
        return thread.call(() -> {
            try {
                return run(model, prompts, tokens);
            } catch (RunFailedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static double run(Decoder decoder, List<int[]> prompts, int tokens) throws RunFailedException {
        int[] next = new int[prompts.size()];
        for (int row = 0; row < next.length; row++) {
            int[] tokensOfPrompt = prompts.get(row);
            Prompt prompt = decoder.prompts().begin(tokensOfPrompt.length);
            next[row] = best(decoder.prompts().read(prompt, tokensOfPrompt), 0);
            decoder.join(prompt);
        }
        decoder.reshape(next.length, prompts.getFirst().length + tokens);
        long start = processorNanos();
        for (int token = 1; token < tokens; token++) {
            Logits logits = decoder.step(next);
            for (int row = 0; row < next.length; row++) {
                next[row] = best(logits, row);
            }
        }
        long nanos = processorNanos() - start;
        decoder.clear();
        return (tokens - 1.0) * next.length * 1e9 / nanos;
    }

    /** What the calling thread has had of a processor. */
    static long processorNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static int best(Logits logits, int row) {
        int from = row * logits.vocabulary();
        int best = from;
        for (int i = from; i < from + logits.vocabulary(); i++) {
            best = logits.scores()[i] > logits.scores()[best] ? i : best;
        }
        return best - from;
    }

    @Override
    public void close() {
        thread.call(() -> {
            model.close();
            return null;
        });
        thread.close();
    }
}
