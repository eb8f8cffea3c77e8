package dev.headroom.function.generate;

import dev.headroom.function.body.JsonFields;
import dev.headroom.generation.GenerationRequest;
import dev.headroom.generation.Stopping;
import dev.headroom.generation.TextModel;
import dev.headroom.generation.sampling.Sampling;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Urgency;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The prompts of a request, which are continued alike.
 *
 * @param field the field that they come from, for errors
 * @param model the model that continues them
 * @param tokens the tokens of each
 */
public record Prompts(String field, TextModel model, List<int[]> tokens) {

    /**
     * How each prompt is continued.
     *
     * @param each by how many sequences
     * @param maxTokens the most tokens of each; empty for as many as the model's length leaves
     * @param stopping what ends a sequence before
     */
    public record Wish(Sampling sampling, int each, OptionalInt maxTokens, Stopping stopping) {}

    /**
     * The generation of all sequences.
     *
     * @throws RequestFailedException when a prompt has no token, or leaves no room for a continuation; when there are more
     *     sequences than can ever wait
     */
    public Generation generation(Wish wish, Urgency urgency) {
        List<GenerationRequest> first = tokens.stream()
                .map(prompt -> new GenerationRequest(prompt, wish.sampling, room(prompt, wish), wish.stopping, urgency))
                .toList();
        checkCount(first, wish.each);
        List<GenerationRequest> sequences = new ArrayList<>(tokens.size() * wish.each);
        for (GenerationRequest one : first) {
            for (int i = 0; i < wish.each; i++) {
                Sampling sampling = seeded(wish.sampling, i);
                sequences.add(new GenerationRequest(one.prompt(), sampling, one.maxTokens(), wish.stopping, urgency));
            }
        }
        return new Generation(model, sequences, wish.each);
    }

    private void checkCount(List<GenerationRequest> prompts, int each) {
        long sequences = (long) prompts.size() * each;
        int most = model.mostWaiting(prompts, each);
        if (sequences > most) {
            throw new RequestFailedException(Failure.TooLarge.of(
                    field,
                    "and n ask for %d sequences, and at most %d wait for model '%s' at a time; send several requests."
                            .formatted(sequences, most, model.name())));
        }
    }

    private int room(int[] prompt, Wish wish) {
        checkTokens(prompt);
        OptionalInt asked = wish.maxTokens;
        int least = wish.stopping.leastTokens();
        if (asked.isPresent() && least > asked.getAsInt()) {
            throw JsonFields.wrong(
                    "min_tokens",
                    "is %d, and at most %d tokens are to follow; lower it, or raise max_tokens.",
                    least,
                    asked.getAsInt());
        }
        int context = model.contextLength();
        int follow = asked.orElse(Math.max(1, least));
        if (model.mostWaiting((long) prompt.length + follow) == 0) {
            throw new RequestFailedException(Failure.TooLong.of(
                    field,
                    "has %d tokens and %d are to follow, and model '%s' holds %d of both; send less text%s."
                            .formatted(
                                    prompt.length,
                                    follow,
                                    model.name(),
                                    context,
                                    follow > 1 ? ", or ask for fewer tokens" : "")));
        }
        return asked.orElse(context - prompt.length);
    }

    private void checkTokens(int[] prompt) {
        if (prompt.length == 0) {
            throw JsonFields.wrong(field, "has no token; send at least one character.");
        }
        for (int token : prompt) {
            if (token < 0 || token >= model.vocabulary()) {
                throw JsonFields.wrong(
                        field,
                        "has the token %d, and those of model '%s' are 0 to %d; send others.",
                        token,
                        model.name(),
                        model.vocabulary() - 1);
            }
        }
    }

    /**
     * The most tokens that follow, of a request in OpenAI's form.
     *
     * @param usual those of a request that does not say
     * @throws RequestFailedException when {@code max_tokens} is not as it should be
     */
    public OptionalInt maxTokens(JsonFields fields, int usual) {
        OptionalLong asked = fields.whole("max_tokens", 0, Integer.MAX_VALUE);
        return asked.isPresent() ? OptionalInt.of((int) asked.getAsLong()) : usual(usual);
    }

    /** So many tokens, the most of a request that does not say; fewer where the longest prompt leaves no room for them. */
    public OptionalInt usual(int most) {
        int longest = tokens.stream().mapToInt(prompt -> prompt.length).max().orElse(0);
        return OptionalInt.of(Math.clamp((long) model.contextLength() - longest, 1, most));
    }

    /** The sequences of one prompt would be equal if they had one seed. */
    private static Sampling seeded(Sampling sampling, int i) {
        return i == 0 || sampling.seed().isEmpty()
                ? sampling
                : sampling.seeded(sampling.seed().getAsLong() + i);
    }
}
