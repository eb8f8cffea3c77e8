package dev.headroom.task;

import dev.headroom.model.TaskSpec;
import dev.headroom.model.file.BrokenModelException;
import java.util.Optional;

/** The files of a task beside the graph. Reading them needs no session, so that both can be opened at a time. */
public final class TaskFiles {

    private final TaskSpec spec;
    private final Optional<Tokenizer> tokenizer;

    private TaskFiles(TaskSpec spec, Optional<Tokenizer> tokenizer) {
        this.spec = spec;
        this.tokenizer = tokenizer;
    }

    /**
     * Reads the files.
     *
     * @throws BrokenModelException when the tokeniser cannot be read, or leaves no room for a text's own tokens
     */
    public static TaskFiles read(TaskSpec spec) {
        return new TaskFiles(
                spec, spec instanceof TaskSpec.OfText texts ? Optional.of(tokenizer(texts.text())) : Optional.empty());
    }

    private static Tokenizer tokenizer(TaskSpec.Text text) {
        Tokenizer tokenizer = Tokenizer.open(text);
        int around = tokenizer.encodeWhole("", true).tokens("").size();
        if (around >= text.maxLength()) {
            throw new BrokenModelException(
                    "%s: max_length is %d, and %d special tokens stand around each text; set it to more in model.yaml."
                            .formatted(text.tokenizer().getParent(), text.maxLength(), around));
        }
        return tokenizer;
    }

    TaskSpec spec() {
        return spec;
    }

    /** The tokeniser of a task that reads texts. */
    Tokenizer tokenizer() {
        return tokenizer.orElseThrow();
    }
}
