package dev.headroom.generation.sampling;

import dev.headroom.generation.sampling.Choice.Candidate;
import java.util.ArrayList;
import java.util.List;

/** The probabilities that are told with a token: those of the logits as the model gave them. */
final class Ranking {

    private Ranking() {}

    /** A choice of which no probabilities are told. */
    static Choice without(int token) {
        return new Choice(token, Float.NaN, List.of());
    }

    /**
     * A choice with its probability, and with those of the most probable tokens.
     *
     * @param count how many most probable tokens are told
     */
    static Choice of(Logits logits, int token, int count) {
        double total = logits.max() + Math.log(new Weights(logits, 1).sum(-Float.MAX_VALUE));
        List<Candidate> top = new ArrayList<>();
        for (int id : best(logits, Math.min(count, logits.length()))) {
            if (logits.at(id) > Float.NEGATIVE_INFINITY) {
                top.add(new Candidate(id, (float) (logits.at(id) - total)));
            }
        }
        return new Choice(token, (float) (logits.at(token) - total), List.copyOf(top));
    }

    /** The tokens of the largest logits, best first; of equal ones the first. */
    private static int[] best(Logits logits, int count) {
        int[] best = new int[count];
        for (int id = 0, found = 0; id < logits.length() && count > 0; id++) {
            if (found < count || logits.at(id) > logits.at(best[count - 1])) {
                found = Math.min(found + 1, count);
                int place = found - 1;
                while (place > 0 && logits.at(best[place - 1]) < logits.at(id)) {
                    best[place] = best[place - 1];
                    place--;
                }
                best[place] = id;
            }
        }
        return best;
    }
}
