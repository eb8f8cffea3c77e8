package dev.headroom.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What a model does, with all that its task has to know. */
public sealed interface TaskSpec {

    /** Padded elements of the longest item that the task lets through. */
    long elementsPerItem();

    /** The value that pads {@code input_ids}. */
    long padId();

    /** The inputs that the folder's description names; empty: as the graph has them. */
    List<String> inputs();

    /** The output that the folder's description names; empty: the graph's first. */
    Optional<String> output();

    /**
     * Text to vector.
     *
     * @param tokenizer the folder's tokenizer.json
     * @param text how a text is cut and padded
     * @param pooling how the vectors of the tokens become one
     * @param normalize whether vectors have length 1 where the request does not say
     * @param inputs see {@link TaskSpec#inputs}
     * @param output see {@link TaskSpec#output}
     */
    record Embed(
            Path tokenizer, Text text, Pooling pooling, boolean normalize, List<String> inputs, Optional<String> output)
            implements TaskSpec {

        @Override
        public long padId() {
            return text.padId();
        }

        @Override
        public long elementsPerItem() {
            return text.maxLength();
        }
    }

    /**
     * How a text is cut and padded.
     *
     * @param maxLength longest text in tokens, special tokens counted; a longer one is truncated
     * @param padId the id of the padding token
     */
    record Text(int maxLength, long padId) {}
}
