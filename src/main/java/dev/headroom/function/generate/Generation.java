package dev.headroom.function.generate;

import dev.headroom.generation.GenerationListener.Usage;
import dev.headroom.generation.GenerationRequest;
import dev.headroom.generation.TextModel;
import java.util.List;
import java.util.function.IntFunction;

/**
 * The texts that a request wants to be generated.
 *
 * @param model the model that generates it
 * @param sequences its sequences, in the order of their numbers: those of one prompt follow each other
 * @param each how many sequences each prompt has
 */
public record Generation(TextModel model, List<GenerationRequest> sequences, int each) {

    /** The tokens that all sequences took. A prompt counts once, however many sequences continue it. */
    public Usage total(IntFunction<Usage> ofSequence) {
        int prompt = 0;
        int generated = 0;
        int cached = 0;
        for (int i = 0; i < sequences.size(); i++) {
            Usage usage = ofSequence.apply(i);
            generated += usage.generated();
            if (i % each == 0) {
                prompt += usage.prompt();
                cached += usage.cached();
            }
        }
        return new Usage(prompt, generated, cached);
    }
}
