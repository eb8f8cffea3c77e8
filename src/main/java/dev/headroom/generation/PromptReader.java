package dev.headroom.generation;

import dev.headroom.generation.PromptSchedule.Reading;
import dev.headroom.session.Decoder;
import dev.headroom.session.Logits;
import dev.headroom.session.Prompt;
import dev.headroom.session.RunFailedException;

/** Reads prompts chunk by chunk, and only those tokens that cannot be copied from other sequences. One thread calls. */
final class PromptReader {

    private final Decoder decoder;
    private final Chunks chunks;
    private final Prefixes prefixes;
    private final GenerationMeters meters;

    PromptReader(Decoder decoder, Chunks chunks, Prefixes prefixes, GenerationMeters meters) {
        this.decoder = decoder;
        this.chunks = chunks;
        this.prefixes = prefixes;
        this.meters = meters;
    }

    /**
     * Copies the tokens that others have read by now, which need not be read of this one.
     *
     * @throws RunFailedException when there is no room
     */
    void copy(Sequence sequence, Prompt prompt) throws RunFailedException {
        if (prompt.length() == 0) {
            prefixes.copy(sequence, prompt);
        }
    }

    /**
     * Reads a chunk.
     *
     * @param besideRows true if rows wait for their next step meanwhile
     * @return the scores after the chunk's last token
     * @throws RunFailedException when the device did not read it
     */
    Logits read(Reading one, boolean besideRows) throws RunFailedException {
        copy(one.sequence(), one.prompt());
        int from = one.prompt().length();
        meters.cached(one.sequence().beginsAt(from));
        int to = from + chunks.size(one.left(), besideRows);
        long start = System.nanoTime();
        Logits logits = decoder.prompts()
                .read(
                        one.prompt(),
                        one.sequence().tokens().some(from, to),
                        one.sequence().length());
        chunks.read(to - from, System.nanoTime() - start);
        meters.read(to - from);
        return logits;
    }
}
