package dev.headroom.function.tgi;

import dev.headroom.function.generate.EndedSequence;
import dev.headroom.function.generate.Generation;
import dev.headroom.function.tgi.TgiAnswer.Token;
import dev.headroom.generation.TextModel;
import dev.headroom.generation.sampling.Choice;
import java.util.List;

/**
 * How {@code /generate} answers.
 *
 * @param generation what was asked for
 * @param request how
 */
record TgiForm(Generation generation, TgiRequest request) {

    /** The answer, given the request's one sequence. */
    TgiAnswer whole(List<EndedSequence> sequences) {
        EndedSequence sequence = sequences.getFirst();
        return new TgiAnswer(
                request.prefix() + sequence.text(), request.extras().details() ? details(sequence) : null);
    }

    private TgiAnswer.Details details(EndedSequence sequence) {
        TextModel model = generation.model();
        List<Choice> tokens = sequence.tokens();
        return new TgiAnswer.Details(
                TgiAnswer.word(sequence.reason(), sequence.usage(), tokens.size()),
                sequence.usage().generated(),
                seed(),
                List.of(),
                tokens.stream()
                        .map(choice -> Token.of(choice, model.token(choice.token())))
                        .toList(),
                request.extras().topTokens() == 0
                        ? null
                        : tokens.stream()
                                .map(choice -> TgiAnswer.top(model, choice))
                                .toList());
    }

    /** The seed that the request named; null where it named none. */
    Long seed() {
        var seed = generation.sequences().getFirst().sampling().seed();
        return seed.isPresent() ? seed.getAsLong() : null;
    }
}
