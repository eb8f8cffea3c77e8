package dev.headroom.session;

import dev.headroom.model.onnx.DecoderGraph;
import dev.headroom.session.KeyValues.At;
import org.jboss.logging.Logger;

/**
 * Finds out whether a graph scores a token the same behind padding, as rows need that are shorter than the others of a step. A graph
 * without {@code position_ids} may take the width of the memory for the place of the next token, as optimum's Gemma does. The
 * device's thread calls.
 */
record PaddingTrial(DecoderSession session) {

    private static final Logger LOG = Logger.getLogger(PaddingTrial.class);

    private static final int[] PROMPT = {0, 1, 2};
    private static final int[] NEXT = {3};
    private static final int PADDING = 32;

    /** Of the scores' range. Rounding in half precision is a tenth of it; another place changes them by far more. */
    private static final float CLOSE = 0.01f;

    /** True if the graph tells the places by an input, and hides padding by a mask: no trial is needed. */
    static boolean isNeedless(DecoderGraph graph) {
        return graph.shared()
                || graph.inputs().positions().isPresent()
                        && graph.inputs().mask().isPresent();
    }

    /** Runs three times; false where the graph's scores differ, or a run fails. */
    boolean scoresTheSame() {
        try (KeyValues none = session.zeros(1, 0);
                KeyValues read = session.unwritten(1, PROMPT.length);
                KeyValues padded = session.zeros(1, PADDING + PROMPT.length)) {
            run(DecoderInput.leftPadded(PROMPT, 1, new int[1], 0), none, read);
            padded.copy(read, new At(0, 0), new At(0, PADDING), PROMPT.length);
            return areClose(next(read), next(padded));
        } catch (RunFailedException e) {
            LOG.debugf(e, "No trial of padding ran");
            return false;
        }
    }

    private float[] next(KeyValues past) throws RunFailedException {
        DecoderInput input = DecoderInput.leftPadded(NEXT, 1, new int[] {PROMPT.length}, past.capacity());
        try (KeyValues present = session.unwritten(1, past.capacity() + 1)) {
            return run(input, past, present);
        }
    }

    private float[] run(DecoderInput input, KeyValues past, KeyValues present) throws RunFailedException {
        try (KeyValueView in = session.view(past, 1);
                KeyValueView out = session.view(present, 1)) {
            return session.run(input, in, out).scores().clone();
        }
    }

    private static boolean areClose(float[] alone, float[] padded) {
        float least = Float.POSITIVE_INFINITY;
        float most = Float.NEGATIVE_INFINITY;
        float apart = 0;
        for (int token = 0; token < alone.length; token++) {
            least = Math.min(least, alone[token]);
            most = Math.max(most, alone[token]);
            apart = Math.max(apart, Math.abs(alone[token] - padded[token]));
        }
        return apart <= CLOSE * (most - least);
    }
}
