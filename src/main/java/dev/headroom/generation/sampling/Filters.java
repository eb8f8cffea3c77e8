package dev.headroom.generation.sampling;

/** Top-k, top-p and min-p, each among the tokens that the one before it leaves. Each drops tokens from the least probable on. */
final class Filters {

    private Filters() {}

    /**
     * The least logit that passes all filters.
     *
     * @param weights the tokens' weights at the request's temperature
     */
    static float least(Sampling sampling, Weights weights) {
        Logits logits = weights.logits();
        float least = -Float.MAX_VALUE;
        if (sampling.topK() > 0 && sampling.topK() < logits.length()) {
            least = Cut.place(logits, sampling.topK());
        }
        if (sampling.topP() < 1) {
            least = Cut.weight(weights, least, sampling.topP() * weights.sum(least));
        }
        return sampling.minP() > 0
                ? Math.max(least, logits.max() + sampling.temperature() * (float) Math.log(sampling.minP()))
                : least;
    }
}
