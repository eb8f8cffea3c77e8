package dev.headroom.task;

import dev.headroom.model.TaskSpec;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import java.util.List;
import java.util.Optional;

/** A text model's way from texts to tokens and back, for callers that count tokens or make them themselves. Any thread may call. */
public final class Tokenization {

    private final TextRows texts;
    private final TaskSpec.Prompts prompts;

    Tokenization(TextRows texts, TaskSpec.Prompts prompts) {
        this.texts = texts;
        this.prompts = prompts;
    }

    /** The failure where a model reads no text. */
    public static RequestFailedException none() {
        return new RequestFailedException(
                new Failure.Invalid("This model reads no text, so that it has no tokeniser; name one that does."));
    }

    /**
     * All tokens of a text, also those behind the most that the model reads.
     *
     * @param special true if special tokens are put around it
     * @param prompt the name of the prompt before it; empty for the model's default
     * @throws RequestFailedException when the model has no such prompt
     */
    public List<TextToken> tokens(String text, boolean special, Optional<String> prompt) {
        String read = prompt.or(prompts::usual).map(this::prompt).orElse("") + text;
        return texts.tokenizer().encodeWhole(read, special).tokens(read);
    }

    /** The prompt of this name. */
    String prompt(String name) {
        if (!prompts.byName().containsKey(name) && !texts.adapters().contains(name)) {
            throw new RequestFailedException(
                    new Failure.Invalid("The prompt name '%s' is not known to this model; its prompts are %s."
                            .formatted(name, prompts.byName().keySet())));
        }
        return prompts.byName().getOrDefault(name, "");
    }

    /**
     * The text that tokens stand for.
     *
     * @param withoutSpecial true if special tokens are left out of it
     * @throws RequestFailedException when an id is not in the vocabulary
     */
    public String text(long[] ids, boolean withoutSpecial) {
        texts.check(ids);
        return texts.tokenizer().decode(ids, withoutSpecial);
    }
}
