package dev.headroom.generation.sampling;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Chooses the tokens of one sequence, one after another. One thread at a time may call.
 *
 * <p>The order is that of transformers: bias and penalties, temperature, top-k, top-p, min-p. The same seed chooses the same
 * tokens from the same logits: each token takes one number of the generator, whatever was refused and whatever other
 * sequences do. So a sequence that is computed again goes on with its sampler as it is.
 */
public final class Sampler {

    /** Below this temperature the most probable token is taken, because the division would leave no other. */
    private static final float GREEDY = 1e-5f;

    /** Tokens that a guide refuses one by one; then the whole vocabulary is masked. */
    private static final int REFUSALS = 16;

    /** Processes that are restored from one checkpoint would draw the same numbers from any other generator. */
    private static final SecureRandom SEEDS = new SecureRandom();

    private final Sampling sampling;
    private final Penalties penalties;
    private final Optional<JsonGuide> guide;
    private final SplittableRandom random;

    /** For a sequence without a guide. */
    public Sampler(Sampling sampling, int[] prompt) {
        this(sampling, prompt, Optional.empty());
    }

    /**
     * For a sequence.
     *
     * @param prompt its first tokens, which the repetition penalty counts
     * @param guide says which tokens are allowed; a request for a form of text has one
     */
    public Sampler(Sampling sampling, int[] prompt, Optional<JsonGuide> guide) {
        if (sampling.form().isPresent() && guide.isEmpty()) {
            throw new IllegalArgumentException(
                    "A request for a form of text has no guide: give its sampler a JsonGuide.");
        }
        this.sampling = sampling;
        this.guide = guide;
        penalties = new Penalties(sampling, prompt);
        random = sampling.seed().isPresent()
                ? new SplittableRandom(sampling.seed().getAsLong())
                : new SplittableRandom(SEEDS.nextLong());
    }

    /**
     * Chooses the next token, and counts it.
     *
     * @param logits holds the logits of the vocabulary, which are changed and are as before in the end
     * @param from the place of the first
     * @param length the size of the vocabulary
     * @param banned tokens that must not be chosen, such as those that end a sequence before its least length
     * @throws NoTokenException when the logits are no numbers, or no token is left
     */
    public Choice next(float[] logits, int from, int length, int... banned) {
        Logits row = new Logits(logits, from, length);
        if (!Float.isFinite(row.max())) {
            throw new NoTokenException(
                    ("The largest of the model's %d logits is %s, so that no token can be chosen: the model's"
                                    + " file or its precision is broken.")
                            .formatted(length, row.max()));
        }
        int token = choose(row, banned);
        penalties.count(token);
        guide.ifPresent(json -> json.advance(token));
        return sampling.logprobs() < 0 ? Ranking.without(token) : Ranking.of(row, token, sampling.logprobs());
    }

    /** True if the guide allows only the end: the engine ends the sequence then, without another step. */
    public boolean complete() {
        return guide.map(JsonGuide::closed).orElse(false);
    }

    private int choose(Logits row, int[] banned) {
        SplittableRandom draws = new SplittableRandom(random.nextLong());
        try {
            penalties.apply(row);
            for (int token : banned) {
                row.ban(token);
            }
            for (int refused = 0; ; refused++) {
                int token = draw(row, draws);
                if (guide.isEmpty() || guide.get().allows(token)) {
                    return token;
                }
                row.ban(token);
                if (refused == REFUSALS) {
                    guide.get().mask(row);
                }
            }
        } finally {
            row.restore();
        }
    }

    private int draw(Logits row, SplittableRandom draws) {
        float max = row.max();
        if (!Float.isFinite(max)) {
            throw new NoTokenException(
                    "Every token of the vocabulary is excluded, by its bias, as one that may not come"
                            + " yet, or because it continues no JSON object: allow more tokens.");
        }
        if (sampling.temperature() < GREEDY) {
            return row.first(max);
        }
        Weights weights = new Weights(row, sampling.temperature());
        return weights.token(Filters.least(sampling, weights), draws.nextDouble());
    }
}
