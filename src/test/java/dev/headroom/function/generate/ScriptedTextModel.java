package dev.headroom.function.generate;

import dev.headroom.generation.ChatTemplates;
import dev.headroom.generation.GenerationListener;
import dev.headroom.generation.GenerationRequest;
import dev.headroom.generation.Stopping;
import dev.headroom.generation.TextModel;
import dev.headroom.generation.sampling.Sampling;
import dev.headroom.request.Urgency;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** A model of 100 tokens, whose sequences a test continues by hand. */
public final class ScriptedTextModel implements TextModel {

    /** The sequences in the order in which they were admitted. */
    public final LinkedBlockingQueue<Running> admitted = new LinkedBlockingQueue<>();

    private final UnaryOperator<Running> admission;

    /** @param admission sees each sequence, and throws where it is to be refused */
    public ScriptedTextModel(UnaryOperator<Running> admission) {
        this.admission = admission;
    }

    /** A model that admits every sequence. */
    public ScriptedTextModel() {
        this(running -> running);
    }

    /** A sequence; the latch opens when it is cancelled. */
    public record Running(GenerationRequest request, GenerationListener listener, CountDownLatch cancelled) {

        /** Tells further text. */
        public void says(String text) {
            listener.text(text, List.of());
        }

        /** Ends it. */
        public void ends() {
            listener.ended(GenerationListener.FinishReason.STOP, new GenerationListener.Usage(1, 2, 0));
        }
    }

    /** Sequences of the prompt of one token. */
    Generation generation(int sequences) {
        GenerationRequest one =
                new GenerationRequest(new int[] {1}, Sampling.GREEDY, 9, Stopping.AT_ENDS, Urgency.INTERACTIVE);
        return new Generation(this, Collections.nCopies(sequences, one), sequences);
    }

    @Override
    public String name() {
        return "scripted";
    }

    @Override
    public int[] tokens(String text, boolean special) {
        return IntStream.range(0, text.length()).toArray();
    }

    @Override
    public int vocabulary() {
        return 100;
    }

    @Override
    public String token(int id) {
        return Arrays.toString(new int[] {id});
    }

    @Override
    public ChatTemplates templates() {
        return ChatTemplates.NONE;
    }

    @Override
    public Sampling defaults() {
        return Sampling.GREEDY;
    }

    @Override
    public int contextLength() {
        return 20;
    }

    @Override
    public int mostWaiting(long tokens) {
        return tokens > contextLength() ? 0 : tokens > 10 ? 4 : 8;
    }

    @Override
    public Runnable generate(GenerationRequest request, GenerationListener listener) {
        Running running = admission.apply(new Running(request, listener, new CountDownLatch(1)));
        admitted.add(running);
        return running.cancelled::countDown;
    }
}
