package dev.headroom.generation.sampling;

import java.util.List;

/**
 * A token that was chosen.
 *
 * @param token its id
 * @param logprob the natural logarithm of its probability before bias, penalties, temperature and filters; NaN where the request
 *     asks for none
 * @param top the most probable tokens with theirs, best first; as many as the request asks for, which need not include the chosen one
 */
public record Choice(int token, float logprob, List<Candidate> top) {

    /** A token that might have been chosen. */
    public record Candidate(int token, float logprob) {}
}
