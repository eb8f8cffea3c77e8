package dev.headroom.session;

import dev.headroom.session.KeyValues.At;

/** The sequences that a decoder reads before they become its rows. The device's thread calls. */
public final class Prompts {

    private final CacheForm form;
    private final KeyValueRows rows;

    Prompts(CacheForm form, KeyValueRows rows) {
        this.form = form;
        this.rows = rows;
    }

    /**
     * Takes memory for a sequence.
     *
     * @param capacity the most tokens of it before it becomes a row
     * @throws RunFailedException when there is no room
     */
    public Prompt begin(int capacity) throws RunFailedException {
        return form.begin(capacity);
    }

    /**
     * Copies the first tokens of another sequence, which stays as it is.
     *
     * @param to has no token yet
     * @throws RunFailedException when there is no room
     */
    public void copy(Prompt from, Prompt to, int tokens) throws RunFailedException {
        copy(from.all, new At(0, 0), to, tokens);
    }

    /** The same of a row. */
    public void copy(int row, Prompt to, int tokens) throws RunFailedException {
        copy(rows.memory(), rows.first(row), to, tokens);
    }

    private void copy(KeyValues from, At first, Prompt to, int tokens) throws RunFailedException {
        form.makeRoom(to, tokens);
        try {
            to.all.copy(from, first, new At(0, 0), tokens);
            to.length = tokens;
        } catch (IllegalStateException e) {
            throw RunFailures.classify(e);
        }
    }

    /**
     * Gives a sequence another capacity, and leaves it its first tokens alone.
     *
     * @throws RunFailedException when there is no room: the sequence is gone then
     */
    public void cut(Prompt prompt, int tokens, int capacity) throws RunFailedException {
        form.cut(prompt, tokens, capacity);
    }

    /** Reads the rest of a sequence. */
    public Logits read(Prompt prompt, int[] tokens) throws RunFailedException {
        return read(prompt, tokens, prompt.length + tokens.length);
    }

    /**
     * Reads more of a sequence.
     *
     * @param whole the tokens of all of the sequence, which decide by what factors these are rotated
     * @return the scores after the last of these tokens
     * @throws RunFailedException when the device did not run them; the sequence is as before
     */
    public Logits read(Prompt prompt, int[] tokens, int whole) throws RunFailedException {
        return form.read(prompt, tokens, whole);
    }

    /** Gives back the memory of a sequence that does not become a row. */
    public void drop(Prompt prompt) {
        prompt.all.close();
    }
}
