package dev.headroom.model;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** What a model does, with all that its task has to know. */
public sealed interface TaskSpec {

    /** The words for the tasks in a model.yaml. */
    Map<Class<? extends TaskSpec>, String> NAMES = Map.of(
            Embed.class, "embed",
            Classify.class, "classify",
            Rerank.class, "rerank",
            Image.class, "image",
            Tensors.class, "tensors");

    /** The word for it in a model.yaml. */
    default String name() {
        return NAMES.get(getClass());
    }

    /** The inputs and the output of the graph that it uses. */
    PortNames ports();

    /** Padded elements of the longest item that the task lets through. */
    long elementsPerItem();

    /** Whether its rows differ in length. */
    boolean padded();

    /** The value that pads {@code input_ids}. */
    default long padId() {
        return 0;
    }

    /** One that reads texts. */
    sealed interface OfText extends TaskSpec {

        /** How a text becomes tokens. */
        Text text();

        @Override
        default boolean padded() {
            return true;
        }

        @Override
        default long padId() {
            return text().padId();
        }

        @Override
        default long elementsPerItem() {
            return text().maxLength();
        }
    }

    /**
     * Text to vector.
     *
     * @param vectors how the model's output becomes a vector
     * @param prompts what is put before a text, by the name under which a request asks for it
     */
    record Embed(Text text, Vectors vectors, Prompts prompts, PortNames ports) implements OfText {}

    /** Text to labels with their scores. */
    record Classify(Text text, Labels labels, PortNames ports) implements OfText {}

    /**
     * Query and text to how well they match.
     *
     * @param activation how the output becomes a score
     */
    record Rerank(Text text, Labels.Activation activation, PortNames ports) implements OfText {}

    /**
     * Image to labels with their scores, or to a vector.
     *
     * @param preprocessing how an image becomes a tensor
     * @param labels the labels; empty where the model makes vectors
     * @param vectors how the model's output becomes a vector, where it does
     */
    record Image(PreprocessorConfig preprocessing, Optional<Labels> labels, Vectors vectors, PortNames ports)
            implements TaskSpec {

        private static final long COLOURS = 3;

        @Override
        public boolean padded() {
            return false;
        }

        @Override
        public long elementsPerItem() {
            PreprocessorConfig.Extent size = preprocessing.output();
            return COLOURS * size.width() * size.height();
        }
    }

    /**
     * Tensors to tensors, as the caller gives them.
     *
     * @param elementsPerItem elements of a row of the first input, an open dimension counted as 1
     */
    record Tensors(long elementsPerItem, PortNames ports) implements TaskSpec {

        @Override
        public boolean padded() {
            return false;
        }
    }

    /**
     * How a text becomes tokens.
     *
     * @param tokenizer the folder's tokenizer.json
     * @param maxLength longest text in tokens, special tokens counted; a longer one is truncated
     * @param padId the id of the padding token
     */
    record Text(Path tokenizer, int maxLength, long padId) {}

    /**
     * How a model's output becomes a vector.
     *
     * @param pooling how the vectors of the tokens become one
     * @param normalize whether vectors have length 1 where the request does not say
     */
    record Vectors(Pooling pooling, boolean normalize) {}

    /**
     * Texts that are put before a text that asks for them.
     *
     * @param byName the texts
     * @param usual the name of the one that is put before a text that asks for none
     */
    record Prompts(Map<String, String> byName, Optional<String> usual) {

        /** Of a model without any. */
        public static final Prompts NONE = new Prompts(Map.of(), Optional.empty());
    }
}
