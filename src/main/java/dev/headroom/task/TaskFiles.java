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
     * @throws BrokenModelException when the tokeniser cannot be read
     */
    public static TaskFiles read(TaskSpec spec) {
        Optional<Tokenizer> tokenizer =
                spec instanceof TaskSpec.OfText texts ? Optional.of(Tokenizer.open(texts.text())) : Optional.empty();
        return new TaskFiles(spec, tokenizer);
    }

    TaskSpec spec() {
        return spec;
    }

    /** The tokeniser of a task that reads texts. */
    Tokenizer tokenizer() {
        return tokenizer.orElseThrow();
    }
}
