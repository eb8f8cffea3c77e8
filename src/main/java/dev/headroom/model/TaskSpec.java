package dev.headroom.model;

import dev.headroom.model.image.PreprocessorConfig;
import dev.headroom.model.onnx.DecoderGraph;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The task of a model, with all settings of the task. */
public sealed interface TaskSpec {

    /** The words for the tasks in a model.yaml. */
    Map<Class<? extends TaskSpec>, String> NAMES = Map.of(
            Embed.class, "embed",
            Sparse.class, "sparse",
            Classify.class, "classify",
            Rerank.class, "rerank",
            Image.class, "image",
            Generate.class, "generate",
            Tensors.class, "tensors");

    /** The word for it in a model.yaml. */
    default String name() {
        return NAMES.get(getClass());
    }

    /** The inputs and the output of the graph that it uses. */
    PortNames ports();

    /** The elements of the longest item that the task admits. */
    long elementsPerItem();

    /** True if its rows differ in length. */
    default boolean padded() {
        return this instanceof OfText;
    }

    /** The value that pads {@code input_ids}. */
    default long padId() {
        return 0;
    }

    /** A task that reads texts. */
    sealed interface OfText extends TaskSpec {

        /** The settings of tokenization. */
        Text text();

        @Override
        default long padId() {
            return text().padId();
        }

        @Override
        default long elementsPerItem() {
            return text().maxLength();
        }
    }

    /** A task that makes a vector of each text. */
    sealed interface OfVectors extends OfText {

        /** The settings by which the model's output becomes a vector. */
        Vectors vectors();

        /** The texts that are put before a text, by their names in requests. */
        Prompts prompts();
    }

    /** Text to vector. */
    record Embed(Text text, Vectors vectors, Prompts prompts, PortNames ports) implements OfVectors {}

    /** Text to the weights of the vocabulary's tokens, most of which are 0, as SPLADE models make them. */
    record Sparse(Text text, Vectors vectors, Prompts prompts, PortNames ports) implements OfVectors {}

    /** Text to labels with their scores. */
    record Classify(Text text, Labels labels, PortNames ports) implements OfText {}

    /**
     * Query and text to the score of their match.
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
        public long elementsPerItem() {
            PreprocessorConfig.Extent size = preprocessing.output();
            return COLOURS * size.width() * size.height();
        }
    }

    /**
     * Text to its continuation, token by token.
     *
     * @param text the settings of tokenization; its longest text is the context
     * @param graph the ports of the graph
     * @param settings what the folder says of generating
     * @param chat what it says of conversations
     */
    record Generate(Text text, DecoderGraph graph, GenerationSettings settings, ChatFiles chat, PortNames ports)
            implements TaskSpec {

        /** The same task with another file of its graph. */
        Generate with(DecoderGraph other) {
            return new Generate(text, other, settings, chat, ports);
        }

        /** Bytes of the scores after one token, in single precision. */
        public long scoreBytes() {
            return (long) Float.BYTES * settings.vocabulary();
        }

        @Override
        public long elementsPerItem() {
            return text.maxLength();
        }
    }

    /**
     * Tensors to tensors, as the caller gives them.
     *
     * @param elementsPerItem elements of a row of the first input, an open dimension counted as 1
     */
    record Tensors(long elementsPerItem, PortNames ports) implements TaskSpec {}

    /**
     * The settings of tokenization.
     *
     * @param tokenizer the folder's tokenizer.json
     * @param maxLength the most tokens of a text, special tokens included; a longer text is truncated
     * @param padId the id of the padding token
     * @param lowercase true if texts are put into lower case before the tokeniser's own normaliser reads them
     * @param cutsBeginning true if a longer text loses its beginning, and not its end
     * @param inputs the values of the inputs beside the tokens
     */
    record Text(
            Path tokenizer, int maxLength, long padId, boolean lowercase, boolean cutsBeginning, InputRules inputs) {}

    /**
     * The settings by which a model's output becomes a vector.
     *
     * @param poolings how the vectors of the tokens become one: several are concatenated; empty where nothing pools, so
     *     that the graph has to
     * @param promptPooled false if the tokens of a prompt are read and not pooled
     * @param layers the steps behind the pooling, in their order
     * @param dimensions the first elements that are kept of a vector; empty: all
     * @param output the output that this is right for; empty: any
     */
    record Vectors(
            List<Pooling> poolings,
            boolean promptPooled,
            List<Layer> layers,
            OptionalInt dimensions,
            Optional<String> output) {

        /** True if vectors get the length 1 in the end. */
        public boolean normalize() {
            return !layers.isEmpty() && layers.getLast() instanceof Layer.Normalize;
        }

        /** The settings behind a graph's {@link GraphTail}: only the last normalisation and the cut are left. */
        public Vectors behindGraph() {
            List<Layer> left = normalize() ? List.of(layers.getLast()) : List.of();
            return new Vectors(List.of(), promptPooled, left, dimensions, Optional.empty());
        }
    }

    /**
     * Prompts, which are put before texts.
     *
     * @param byName the prompts by their names
     * @param usual the name of the prompt for requests that name none
     */
    record Prompts(Map<String, String> byName, Optional<String> usual) {

        /** The prompts of a model without any. */
        public static final Prompts NONE = new Prompts(Map.of(), Optional.empty());
    }
}
