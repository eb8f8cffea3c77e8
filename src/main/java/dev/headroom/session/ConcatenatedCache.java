package dev.headroom.session;

/**
 * The old keys and values come back with the new ones behind them, in other memory. All rows end at the right end, so that each
 * step is one wider than the longest row.
 */
final class ConcatenatedCache implements CacheForm {

    /** Width that nobody needs any more is given back once it is a quarter, and so many tokens; at once where one row is left. */
    private static final int MOST_SPARE = 32;

    private final DecoderSession session;
    private final boolean inParts;
    private final int longest;
    private final KeyValueRows rows;

    /**
     * Keys and values that are concatenated.
     *
     * @param inParts false for a merged export, which reads a prompt by a graph without keys and values, and then token by token
     * @param longest the most tokens of a sequence: some graphs have a mask of so many, and no step is wider
     */
    ConcatenatedCache(DecoderSession session, KeyValueRows rows, boolean inParts, int longest) {
        this.session = session;
        this.rows = rows;
        this.inParts = inParts;
        this.longest = longest;
    }

    @Override
    public boolean readsInParts() {
        return inParts;
    }

    /** {@inheritDoc} Old and new ones are there at a time. */
    @Override
    public long bytes(long rows, long capacity) {
        return rows * (2 * capacity - 1) * session.bytesPerToken();
    }

    @Override
    public Prompt begin(int capacity) throws RunFailedException {
        return new Prompt(session.zeros(1, 0));
    }

    @Override
    public void makeRoom(Prompt prompt, int tokens) throws RunFailedException {
        KeyValues all = session.unwritten(1, tokens);
        prompt.all.close();
        prompt.all = all;
    }

    /** {@inheritDoc} It has as many as there are tokens. */
    @Override
    public void cut(Prompt prompt, int tokens, int capacity) throws RunFailedException {
        if (tokens < prompt.length) {
            KeyValueRows.cut(prompt, tokens, tokens);
        }
    }

    @Override
    public Logits read(Prompt prompt, int[] tokens, int whole) throws RunFailedException {
        int past = prompt.all.capacity();
        KeyValues present = session.unwritten(1, past + tokens.length);
        Logits logits = run(DecoderInput.leftPadded(tokens, 1, new int[] {prompt.length}, past), prompt.all, present);
        prompt.all.close();
        prompt.all = present;
        prompt.length += tokens.length;
        return logits;
    }

    private Logits run(DecoderInput input, KeyValues past, KeyValues present) throws RunFailedException {
        try (KeyValueView in = session.view(past, input.rows());
                KeyValueView out = session.view(present, input.rows())) {
            return session.run(input, in, out);
        } catch (RunFailedException | RuntimeException e) {
            present.close();
            throw e;
        }
    }

    @Override
    public void makeRoom(Prompt prompt) throws RunFailedException {
        reshape(rows.size() + 1, Math.max(rows.longest(), prompt.length));
    }

    @Override
    public void reshape(int wanted, int capacity) throws RunFailedException {
        rows.reshape(wanted, capacity);
    }

    /** {@inheritDoc} Each step takes what it needs. */
    @Override
    public int capacityRows() {
        return Integer.MAX_VALUE;
    }

    /** {@inheritDoc} Each step takes what it needs. */
    @Override
    public int capacity() {
        return Integer.MAX_VALUE;
    }

    @Override
    public Logits step(int[] tokens) throws RunFailedException {
        if (isTooWide()) {
            reshape(rows.size(), rows.longest());
        }
        KeyValues past = rows.memory();
        KeyValues present = session.unwritten(tokens.length, past.capacity() + 1);
        Logits logits =
                run(DecoderInput.leftPadded(tokens, tokens.length, rows.lengths(), past.capacity()), past, present);
        rows.stepped(present);
        return logits;
    }

    private boolean isTooWide() {
        int needed = rows.longest();
        int spare = rows.memory().capacity() - needed;
        int most = rows.size() == 1 ? 0 : Math.max(MOST_SPARE, needed / 4);
        return spare > Math.clamp(longest - 1L - needed, 0, most);
    }

    @Override
    public void forget() {}
}
