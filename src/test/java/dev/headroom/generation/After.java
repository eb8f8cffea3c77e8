package dev.headroom.generation;

import dev.headroom.generation.sampling.Choice;
import java.util.List;

/** A listener that does something once, when it has been told so many tokens. */
final class After extends Told {

    private final int tokens;
    private final Runnable task;

    After(int tokens, Runnable task) {
        this.tokens = tokens;
        this.task = task;
    }

    @Override
    public synchronized void text(String more, List<Choice> choices) {
        super.text(more, choices);
        if (count() == tokens) {
            task.run();
        }
    }
}
