package dev.headroom.generation.sampling;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The numbers that a request adds to the logits of certain tokens: its bias first, then the penalties of what was there
 * before.
 */
final class Penalties {

    /** A token whose logit may change. */
    private static final class Touched {
        private float bias;
        private boolean seen;
        private int chosen;
    }

    private final Sampling sampling;
    private final Map<Integer, Touched> touched = new LinkedHashMap<>();

    Penalties(Sampling sampling, int[] prompt) {
        this.sampling = sampling;
        sampling.logitBias().forEach((id, bias) -> touched(id).bias = bias);
        if (sampling.repetitionPenalty() != 1) {
            for (int id : prompt) {
                touched(id).seen = true;
            }
        }
    }

    private Touched touched(int id) {
        return touched.computeIfAbsent(id, _ -> new Touched());
    }

    /** Counts a token that was chosen. */
    void count(int id) {
        if (sampling.repetitionPenalty() != 1 || sampling.presencePenalty() != 0 || sampling.frequencyPenalty() != 0) {
            Touched token = touched(id);
            token.seen = true;
            token.chosen++;
        }
    }

    /** Changes the logits. Ids outside the vocabulary are passed over: a model may have fewer logits than tokens. */
    void apply(Logits logits) {
        touched.forEach((id, token) -> {
            if (id < logits.length()) {
                logits.put(id, penalised(logits.at(id) + token.bias, token));
            }
        });
    }

    private float penalised(float logit, Touched token) {
        float penalty = token.seen ? sampling.repetitionPenalty() : 1;
        float repeated = logit < 0 ? logit * penalty : logit / penalty;
        return token.chosen == 0
                ? repeated
                : repeated - token.chosen * sampling.frequencyPenalty() - sampling.presencePenalty();
    }
}
