package dev.headroom.function.generate;

import dev.headroom.generation.GenerationListener;
import dev.headroom.generation.GenerationRequest;
import dev.headroom.generation.TextModel;
import dev.headroom.generation.sampling.Choice;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * The sequences of one request while they are generated. They fail together: the first failure is told, and ends the
 * others. Any thread may call.
 */
public final class RunningSequences {

    private static final Runnable NOTHING = () -> {};

    private final Consumer<Told> listener;
    private final TextMemory memory;
    private final Runnable[] cancellations; // this guards it; null before the sequence has started
    private int left;
    private volatile boolean over;

    private RunningSequences(int count, TextMemory memory, Consumer<Told> listener) {
        this.cancellations = new Runnable[count];
        this.left = count;
        this.memory = memory;
        this.listener = listener;
    }

    /**
     * Starts all sequences, or none. One that is not admitted fails like one that runs, because others may have spoken by
     * then.
     *
     * @param memory has what is told of them
     * @param listener is told of them in order, and returns at once
     * @throws RequestFailedException when there is no memory for so many sequences
     */
    public static RunningSequences start(Generation generation, TextMemory memory, Consumer<Told> listener) {
        List<GenerationRequest> sequences = generation.sequences();
        memory.begin(sequences);
        RunningSequences running = new RunningSequences(sequences.size(), memory, listener);
        for (int i = 0; i < sequences.size() && !running.over; i++) {
            running.start(generation.model(), sequences.get(i), i);
        }
        return running;
    }

    private void start(TextModel model, GenerationRequest sequence, int index) {
        Teller teller = new Teller(index);
        try {
            add(index, model.generate(sequence, teller));
        } catch (RequestFailedException e) {
            teller.failed(e.failure());
        } catch (RuntimeException | Error e) {
            teller.failed(Failure.Internal.unexpected(e));
        }
    }

    private void add(int index, Runnable cancellation) {
        synchronized (this) {
            if (!over) {
                if (cancellations[index] == null) {
                    cancellations[index] = cancellation;
                }
                return;
            }
        }
        cancellation.run();
    }

    /** Ends the sequences that have not ended: nothing more is told. */
    public void cancel() {
        List<Runnable> cancelled;
        synchronized (this) {
            over = true;
            cancelled = Arrays.stream(cancellations).filter(Objects::nonNull).toList();
            Arrays.fill(cancellations, NOTHING);
        }
        cancelled.forEach(Runnable::run);
    }

    /** One sequence has ended, of which nothing is kept; after the last one there is nothing to cancel. */
    private synchronized void ended(int index) {
        cancellations[index] = NOTHING;
        left--;
        if (left == 0) {
            over = true;
        }
    }

    private final class Teller implements GenerationListener {

        private final int index;

        Teller(int index) {
            this.index = index;
        }

        private void tell(Told told) {
            if (!over) {
                listener.accept(told);
            }
        }

        @Override
        public void text(String text, List<Choice> tokens) {
            if (!over) {
                memory.take(text, tokens);
                tell(new Told.Text(index, text, tokens));
            }
        }

        @Override
        public void ended(FinishReason reason, Usage usage) {
            tell(new Told.Ended(index, reason, usage));
            RunningSequences.this.ended(index);
        }

        @Override
        public void failed(Failure failure) {
            tell(new Told.Failed(index, failure));
            cancel();
        }
    }
}
