package dev.headroom.function.generate;

import dev.headroom.generation.sampling.Choice;
import dev.headroom.request.RequestFailedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Collects what is told of a request's sequences until all have ended. Any thread may tell. */
final class WholeAnswer implements Consumer<Told> {

    private final List<Part> parts;
    private final EndedSequence[] ended;
    private final CompletableFuture<List<EndedSequence>> answer = new CompletableFuture<>();
    private int left;

    /** The text and tokens that have been told of one sequence. */
    private record Part(StringBuilder text, List<Choice> tokens) {}

    WholeAnswer(int sequences) {
        this.parts = IntStream.range(0, sequences)
                .mapToObj(i -> new Part(new StringBuilder(), new ArrayList<>(0)))
                .toList();
        this.ended = new EndedSequence[sequences];
        this.left = sequences;
    }

    @Override
    public synchronized void accept(Told told) {
        Part part = parts.get(told.index());
        switch (told) {
            case Told.Text(int _, String text, List<Choice> tokens) -> {
                part.text.append(text);
                part.tokens.addAll(tokens);
            }
            case Told.Ended(int index, var reason, var usage) -> {
                ended[index] = new EndedSequence(part.text.toString(), part.tokens, reason, usage);
                left--;
                if (left == 0) {
                    answer.complete(Arrays.asList(ended));
                }
            }
            case Told.Failed(int _, var failure) -> answer.completeExceptionally(new RequestFailedException(failure));
        }
    }

    /** The sequences in their order once all have ended; a {@link RequestFailedException} when one has failed. */
    CompletableFuture<List<EndedSequence>> answer() {
        return answer;
    }
}
