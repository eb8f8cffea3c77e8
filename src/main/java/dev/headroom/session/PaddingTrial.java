package dev.headroom.session;

import dev.headroom.model.ModelSpec;
import dev.headroom.model.TaskSpec;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.model.onnx.DecoderGraph;
import dev.headroom.session.KeyValues.At;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Finds out whether a graph scores a token the same behind padding, as rows need that are shorter than the others of a step. A graph
 * without {@code position_ids} may take the width of the memory for the place of the next token, as optimum's Gemma does. The
 * device's thread calls.
 */
record PaddingTrial(ModelSpec spec, TaskSpec.Generate task, DecoderSession session) {

    private static final int[] PROMPT = IntStream.range(0, 16).toArray();
    private static final int[] NEXT = {PROMPT.length};
    private static final int MOST_PADDING = 64;

    // Of the scores' range: more than rounding, also of 4-bit products, and less than another place makes.
    private static final float CLOSE = 0.002f;
    private static final float CLOSE_IN_HALF = 0.005f;

    /**
     * Why sequences of several lengths cannot run together; empty where they can.
     *
     * @throws BrokenModelException when the graph does not run
     */
    Optional<String> reason() {
        try {
            return isNeedless() || padding() > 0 && scoresTheSame()
                    ? Optional.empty()
                    : Optional.of(
                            "padding changes the scores of the graph, as where it has no position_ids and takes the"
                                    + " width of the memory for the place of a token: sequences of several lengths cannot run"
                                    + " together");
        } catch (RunFailedException e) {
            throw new BrokenModelException(
                    "%s: ONNX Runtime cannot run the graph (%s); export it again, or take a device with"
                            + " more memory.".formatted(spec.name(), e.getMessage()));
        }
    }

    /** True if the graph tells the places by an input, and hides padding by a mask: no trial is needed. */
    private boolean isNeedless() {
        DecoderGraph graph = task.graph();
        return graph.shared()
                || graph.inputs().positions().isPresent()
                        && graph.inputs().mask().isPresent();
    }

    /** Tokens that are none, within the context; below 1 where it is too short for a trial. */
    private int padding() {
        return Math.min(MOST_PADDING, task.text().maxLength() - PROMPT.length - NEXT.length);
    }

    /**
     * Runs three times.
     *
     * @throws RunFailedException when the device did not run one of them
     */
    private boolean scoresTheSame() throws RunFailedException {
        try (KeyValues none = session.zeros(1, 0);
                KeyValues read = session.unwritten(1, PROMPT.length);
                KeyValues padded = session.zeros(1, padding() + PROMPT.length)) {
            run(DecoderInput.leftPadded(PROMPT, 1, new int[1], 0), none, read);
            padded.copy(read, new At(0, 0), new At(0, padding()), PROMPT.length);
            return areClose(next(read), next(padded));
        } catch (IllegalStateException e) {
            throw RunFailures.classify(e);
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

    private boolean areClose(float[] alone, float[] padded) {
        float least = Float.POSITIVE_INFINITY;
        float most = Float.NEGATIVE_INFINITY;
        float apart = 0;
        for (int token = 0; token < alone.length; token++) {
            if (Float.isFinite(alone[token])) {
                least = Math.min(least, alone[token]);
                most = Math.max(most, alone[token]);
            }
            if (alone[token] != padded[token]) { // a token that is never chosen may have minus infinity in both
                apart = Math.max(apart, Math.abs(alone[token] - padded[token]));
            }
        }
        return apart <= (task.graph().geometry().type() == DecoderGraph.FLOAT ? CLOSE : CLOSE_IN_HALF) * (most - least);
    }
}
